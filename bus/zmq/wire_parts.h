// SPDX-License-Identifier: MIT
// The parts of which the bodies of bus/zmq/wire.h are made, for bus/zmq/wire.c alone. The layouts stand in
// bus/zmq/wire.h.
#ifndef KMSIM_BUS_ZMQ_WIRE_PARTS_H
#define KMSIM_BUS_ZMQ_WIRE_PARTS_H

#include "bus/kernel/node.h"
#include "bus/zmq/wire_bytes.h"

// The most bytes that a part may have; of an outbox without its image.
#define WIRE_PARTS_FRAME_SIZE (4 + 1 + FRAME_DATA_MAX)
#define WIRE_PARTS_IMAGE_SIZE (2 + IMAGE_ENTRIES_MAX * (1 + IMAGE_NAME_MAX + 1 + IMAGE_BYTES_MAX))
#define WIRE_PARTS_OUTBOX_SIZE                                                                                         \
    (8 + 1 + 4 + 4 + OUTBOX_FRAMES_MAX * (2 + WIRE_PARTS_FRAME_SIZE) + OUTBOX_LINES_MAX * (2 + 8) +                    \
     OUTBOX_AIR_MAX * (1 + 4 + 1 + AIR_BYTES_MAX) + OUTBOX_LOGS_MAX * (2 + 3 * 8) + 1)

void wire_parts_put_frame(wire_writer_t *writer, const can_frame_t *frame);
void wire_parts_get_frame(wire_reader_t *reader, can_frame_t *frame);
void wire_parts_put_air(wire_writer_t *writer, const air_t *air);
void wire_parts_get_air(wire_reader_t *reader, air_t *air);
void wire_parts_put_line(wire_writer_t *writer, const node_line_t *line);
void wire_parts_get_line(wire_reader_t *reader, node_line_t *line);
void wire_parts_put_log(wire_writer_t *writer, const log_entry_t *log);
void wire_parts_get_log(wire_reader_t *reader, log_entry_t *log);
void wire_parts_put_image(wire_writer_t *writer, const image_t *image);
void wire_parts_get_image(wire_reader_t *reader, image_t *image);
void wire_parts_put_outbox(wire_writer_t *writer, const outbox_t *outbox);
void wire_parts_get_outbox(wire_reader_t *reader, outbox_t *outbox);
void wire_parts_put_ports(wire_writer_t *writer, const node_ports_t *ports);
void wire_parts_get_ports(wire_reader_t *reader, node_ports_t *ports);

#endif
