// SPDX-License-Identifier: MIT
#include "bus/zmq/runner.h"
#include "ecus/climate.h"

int main(int argc, char **argv)
{
    return runner_main(&climate_class, argc, argv);
}
