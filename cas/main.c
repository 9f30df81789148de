// SPDX-License-Identifier: MIT
#include "bus/zmq/runner.h"
#include "cas/cas.h"

int main(int argc, char **argv)
{
    return runner_main(&cas_class, argc, argv);
}
