// SPDX-License-Identifier: MIT
// Runs one control unit as a process of its own on a bus (bus/zmq/wire.h): the main program of every unit.
//
//   hub ──grant──> SUB ─> runner ─> node's activate ─> outbox ─> XPUB ──packet──> hub
//
// Its exit status: 0 the bus has ended · 2 wrong usage, or a vehicle or DBC that lacks something · 3 the bus broke.
// It says nothing but errors, on standard error.
#ifndef KMSIM_BUS_ZMQ_RUNNER_H
#define KMSIM_BUS_ZMQ_RUNNER_H

#include "bus/kernel/node.h"

/// Loads vehicle and DBC, binds the node, joins the bus and serves until it ends; returns the exit status of main.
int runner_main(const node_class_t *class, int argc, char **argv);

#endif
