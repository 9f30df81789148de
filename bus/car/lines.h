// SPDX-License-Identifier: MIT
// The lines of the car, by name, and what their values say. The driver (scenarios/play/driver.h) sets them; control
// units accept them as ports (bus/kernel/node.h). A line that no unit accepts goes nowhere.
//
//   ignition/key         1 a key is in the lock, 0 none          door/driver   0 closed, 1 open
//   ignition/terminal    0 off, 1 R, 2 15, 3 50                  gear          0 p, 1 r, 2 n, 3 d
//   switch/UNIT/SETTING  0 released, 1 increase, 2 decrease, 0x10000 + raw value: held until that value is reached
//   knob/UNIT/SETTING    the raw value, momentary
#ifndef KMSIM_BUS_CAR_LINES_H
#define KMSIM_BUS_CAR_LINES_H

#define LINE_KEY "ignition/key"
#define LINE_TERMINAL "ignition/terminal"
#define LINE_DRIVER_DOOR "door/driver"
#define LINE_GEAR "gear"
#define LINE_SWITCH "switch" // + /UNIT/SETTING
#define LINE_KNOB "knob"     // likewise

enum { LINE_GEAR_P, LINE_GEAR_R, LINE_GEAR_N, LINE_GEAR_D };

enum { LINE_SWITCH_RELEASED, LINE_SWITCH_INCREASE, LINE_SWITCH_DECREASE, LINE_SWITCH_TO = 0x10000 };
#define LINE_SWITCH_TO_MAX 0xFFFF // the largest raw value behind LINE_SWITCH_TO

#endif
