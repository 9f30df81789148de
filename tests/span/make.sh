#!/usr/bin/env bash
# Makes a car whose units tell their settings in several messages, as car.json and car.dbc in the directory given: the e65
# with the seat's head restraint in a message of its own, and with two more settings of the climate control, of which one
# stands in a message that it sends anyway and one in a message that is sent only when something changes.
set -eu
vehicles=$(dirname "$0")/../../bus/vehicles
sed 's/"e65/"car/' "$vehicles/e65.json" > "$1/car.json"
{
    sed -e 's/^ SG_ HeadRestraint : 48/BO_ 929 SeatHead: 2 seat\n SG_ HeadRestraint : 0/' -e 's/ 562 HeadRestraint/ 929 HeadRestraint/' \
        -e 's/^ SG_ Temperature : 0.*/&\n SG_ SeatHeating : 8|2@1+ (1,0) [0|3] "" Vector__XXX/' "$vehicles/e65.dbc"
    cat << 'DBC'
BO_ 930 ClimateRear: 2 climate
 SG_ RearTemperature : 4|8@1+ (0.5,16) [16|28] "degC" Vector__XXX
BA_ "GenMsgCycleTime" BO_ 929 500;
BA_ "GenMsgCycleTimeFast" BO_ 929 50;
BA_ "KeyMemorySetting" SG_ 930 RearTemperature "rear_temperature";
BA_ "KeyMemoryControl" SG_ 930 RearTemperature 1;
BA_ "GenSigStartValue" SG_ 930 RearTemperature 12;
BA_ "KeyMemorySetting" SG_ 746 SeatHeating "seat_heating";
BA_ "KeyMemoryControl" SG_ 746 SeatHeating 1;
VAL_ 746 SeatHeating 0 "off" 3 "high" ;
DBC
} > "$1/car.dbc"
