// SPDX-License-Identifier: MIT
#include "bus/zmq/runner.h"
#include "ecus/seat.h"

int main(int argc, char **argv)
{
    return runner_main(&seat_class, argc, argv);
}
