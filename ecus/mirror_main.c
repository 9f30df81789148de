// SPDX-License-Identifier: MIT
#include "bus/zmq/runner.h"
#include "ecus/mirror.h"

int main(int argc, char **argv)
{
    return runner_main(&mirror_class, argc, argv);
}
