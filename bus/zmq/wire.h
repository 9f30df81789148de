// SPDX-License-Identifier: MIT
// What goes over ZeroMQ, byte for byte, well enough to write a peer in any language. Pure; hub and runner carry it.
//
// A message is two ZeroMQ frames, topic (text) and body. All integers are little-endian and unaligned.
//
//   hub ──XPUB──> can/BUS/ID  can/BUS/error  line/NAME  air/rf  air/lf     public: to whom it concerns
//             │   sim/power  sim/bus  sim/state  sim/log  sim/end          likewise
//             ├─> step/NODE                                                welcome refuse power_on grant ping
//             └─> live/NONCE                                               attached
//   hub <──SUB─── hello/NODE  packet/NODE  echo/NODE  stranger/BUS         the peer's socket: XPUB
//
// Joining. A peer connects SUB to the endpoint and XPUB to its up endpoint (ipc: ENDPOINT-up, tcp: port + 1),
// subscribes to what it accepts, to sim/end and step/NODE, waits for a subscription from the hub (01) on the XPUB,
// sends hello. It gets welcome and subscribes to ready/NODE/TAG, TAG being the tag over the welcome's body in 16
// lower-case hex digits: when the hub has that, it has all before it, and from whom. Then every power_on and every
// grant is answered by exactly one packet with the same round and incarnation, which ends with its tag.
//
// The lane. A unit that kmsim starts may find that its lifeline (--lifeline DESCRIPTOR) is a socket of the kind
// SOCK_SEQPACKET. Then it may speak with the hub there instead: it connects SUB alone, subscribes to what it accepts
// and last to ready/NODE/TAG, TAG being the tag over the 8 bytes of its incarnation, and sends its hello on the lane;
// there come welcome, power_on, grant and ping, and there it answers, all of them the bodies below, without topic and
// tag. What is public comes over ZeroMQ as to everybody: it may come after the grant that names it. A welcome with
// another incarnation than it has begins another story: under that one it is what a fresh process would be, without
// power. End-of-file is the end. Who says hello over ZeroMQ is spoken with over ZeroMQ.
//
// Nobody speaks for a unit. What comes up may be anybody's, so unit and hub share a secret of 16 bytes, new for each
// life of a process, that never goes over the wire in clear, and a tag proves that its sender has it: the 8 bytes of
// SipHash-2-4 under the secret, as libsodium's crypto_shorthash gives them, over all bytes of the body before the tag.
// - A unit that kmsim starts finds its secret in its environment (KMSIM_SECRET, 32 hex digits); its hello's key is
//   zeros, and the hello ends with a tag.
// - An external unit makes a key pair (X25519, libsodium's crypto_box) and puts the public key into its hello, without
// a
//   tag; the welcome brings the secret sealed to that key (crypto_box_seal), which nobody else can open.
//   In Python: SealedBox(key).decrypt(sealed), siphash24(body, key=secret, encoder=RawEncoder), both of PyNaCl.
// A packet or hello without the right tag is counted and otherwise nothing. Who has the endpoint's sockets bound sends
// welcome, power_on and grant: they need no tag, since a unit hears nobody else.
//
// Looking on. An observer connects SUB alone, subscribes to what it wants to see (can/ or can/BUS/, line/, air/), to
// sim/, and last to sim/observer/NONCE (any text of its own): that one is counted, and vouches for those before it. It
// is never waited for; a gap in a stream's sequence numbers is what it has missed.
//
// In real time anybody may put frames on a bus: connect the same way, wait for the subscription on the XPUB, subscribe
// to live/NONCE (any text of one's own). attached comes back under that topic: what was subscribed to before is in
// effect. A run in virtual time does not answer, and ignores frames of strangers.
//
// In the layouts: u8 u16 u32 u64 unsigned, i16 i64 two's complement, text = u8 length and that many bytes (none of them
// 0), x[n] = u8 n and n times x. Whoever reads accepts nothing else: no other version, no byte too few or too many.
//
//   every body  u8 version (4), u8 kind (wire_kind_t)
//   frame       u32 identifier (bit 31: extended, bit 30: remote), u8 length 0 .. 8, data (none in a remote frame)
//   air         u8 channel (air_channel_t), u32 transmission, bytes u8[n], n up to 64
//   line        u8 line (index of the node's port), u8 momentary 0|1, i64 value
//   log         u16 code, i64 a, b, c
//   image       u16 n, n times: text name, u8 size 0 .. 16, then i64 value if size is 0, else size bytes
//
//   public      u8 stream, u64 sequence number in that stream from 1, i64 time in ns, text sender, then by kind:
//     frame       frame                    stream = bus 0 .. 3; topic can/BUS/ID, three or eight upper-case hex digits;
//                   can/BUS/ID/B0, two more, where a unit of the run accepts by the first data byte, and there is one
//     error       frame                    stream = bus, numbered with its frames; topic can/BUS/error: that frame of
//                   the sender's has failed, and everybody has seen an error frame. No unit is granted one
//     line        i64 value                stream 4; topic line/NAME
//     air         air                      stream 5; topic air/rf (also its end), air/lf
//     power       u8 kernel_power_t        stream 6, as all below; topic sim/power
//     bus         text bus, u8 can_bus_state_t                           topic sim/bus
//     state       text bus, u8 can_bus_error_state_t: the sender's there topic sim/state
//     log         log                                                    topic sim/log
//     end         (u8 stream, u64 last sequence number)[n]               topic sim/end: the bus ends
//
//   welcome     u64 incarnation, u64 random number, i16 processor to run on (-1: any), sealed secret u8[n], n 0 or 64
//   refuse      u64 incarnation, text reason
//   power_on    u64 incarnation, u64 round, i64 time, u8 image_state_t, u64 random state, image
//   grant       u64 incarnation, u64 round, i64 time, inputs[n], n up to 64, each: u8 node_input_kind_t + 128 if public
//                 public   u8 own index (of the bus or line port), u8 momentary, u8 stream, u64 sequence number
//                 private  u8 bus, then by kind: frame (sent, not_sent, frame), line, air, or nothing
//                 kinds    0 bus awake, 1 bus asleep, 2 bus passive, 3 bus off, 4 bus active (these five of the unit
//                          itself and its bus), 5 sent, 6 not_sent, 7 frame, 8 line, 9 air, 10 stored, 11 deadline;
//                          public can be 7, 8 and 9
//   hello       u64 incarnation, u64 definitions (wire_hash over vehicle file and DBC; 0: not told), u8[32] public key,
//                 text class, accepts[n]: u8 bus, u32 identifier (bit 31: extended), u32 mask, u8 first data byte, u8
//                 its mask (0: any, and none); lines text[n]; u8 air channels; u8[8] tag if the key is zeros
//   packet      u64 incarnation, u64 round, u8 status. 0: outbox. 1, a public input never came: u8 stream, u64 sequence
//     outbox      i64 deadline, u8 hold, u32 dropped, frames[n]: u8 bus, u8 flags, frame; line[n]; air[n]; log[n];
//                 u8 store 0|1, image if 1
//                 and at the very end u8[8] tag, whatever the status (none on a lane, as for hello and echo)
//   ping, echo  u64 incarnation, u64 number: a live car asks its units now and then whether they are there; an echo
//                 brings the number back, and ends with u8[8] tag
//   attached    u64 definitions (as in hello), i64 time in ns
//   stranger    frame                       topic stranger/BUS: to be put on that bus at the present instant. As in
//                                           version 1, which is taken here too: who only sends frames needs no other
//
// The incarnation is one process's life, never 0: told by --incarnation to a started unit, else the unit's own choice.
#ifndef KMSIM_BUS_ZMQ_WIRE_H
#define KMSIM_BUS_ZMQ_WIRE_H

#include "bus/kernel/node.h"
#include "bus/zmq/wire_mistake.h"
#include "bus/zmq/wire_topic.h"

// Version 3 had neither error nor state, and of inputs not the kinds 2 to 4: sent was 2, not_sent 3 and so on.
#define WIRE_VERSION 4
#define WIRE_VERSION_STRANGER 1 // since when a stranger's frame is as it is
#define WIRE_SIZE_MAX 32768     // no body is larger; every encoder's buffer has this size
#define WIRE_REASON_MAX 200
#define WIRE_SECRET_SIZE 16
#define WIRE_KEY_SIZE 32    // a public key
#define WIRE_SEALED_SIZE 64 // a secret, sealed

typedef enum {
    WIRE_FRAME = 1,
    WIRE_LINE,
    WIRE_AIR,
    WIRE_POWER,
    WIRE_BUS,
    WIRE_LOG,
    WIRE_END,
    WIRE_ERROR,
    WIRE_STATE,
    WIRE_WELCOME = 16,
    WIRE_REFUSE,
    WIRE_POWER_ON,
    WIRE_GRANT,
    WIRE_ATTACHED,
    WIRE_PING,
    WIRE_HELLO = 32,
    WIRE_PACKET,
    WIRE_STRANGER,
    WIRE_ECHO,
} wire_kind_t;

enum { // a stream of a bus is the bus's index in the vehicle
    WIRE_STREAM_LINE = VEHICLE_BUSES_MAX,
    WIRE_STREAM_AIR,
    WIRE_STREAM_SIM,
    WIRE_STREAM_COUNT,
};

typedef struct {
    uint8_t kind; // WIRE_FRAME .. WIRE_STATE
    uint8_t stream;
    uint64_t sequence;
    int64_t time_ns;
    char sender[NODE_NAME_MAX + 1]; // "" for nobody
    union {
        can_frame_t frame; // of an error the one that failed
        int64_t line;
        air_t air;
        uint8_t power;
        struct {
            char name[NODE_NAME_MAX + 1];
            uint8_t state; // can_bus_state_t; of a state can_bus_error_state_t
        } bus;
        log_entry_t log;
        struct {
            uint8_t count;
            uint8_t streams[WIRE_STREAM_COUNT];
            uint64_t sequences[WIRE_STREAM_COUNT];
        } end;
    };
} wire_public_t;

typedef struct {
    uint64_t incarnation;
    uint64_t barrier; // no two welcomes have the same
    int16_t processor;
    bool has_secret;
    uint8_t sealed[WIRE_SEALED_SIZE];
} wire_welcome_t;

typedef struct {
    uint64_t incarnation;
    char reason[WIRE_REASON_MAX + 1];
} wire_refuse_t;

typedef struct {
    uint64_t incarnation, round;
    int64_t time_ns;
    image_state_t state;
    random_t random;
} wire_power_on_t;

typedef struct {
    bool is_public;
    uint8_t stream; // public: where the content is
    uint64_t sequence;
    node_input_t input; // public: kind, bus or line index and momentary; the content is still to be filled in
} wire_input_t;

typedef struct {
    uint64_t incarnation, round;
    int64_t time_ns;
    uint8_t count;
    wire_input_t inputs[NODE_INPUTS_MAX];
} wire_grant_t;

typedef struct {
    uint64_t incarnation;
    uint64_t definitions;
    uint8_t key[WIRE_KEY_SIZE];
    char class_name[NODE_NAME_MAX + 1];
    node_ports_t ports;
} wire_hello_t;

typedef struct { // ping and echo
    uint64_t incarnation, number;
} wire_beat_t;

typedef enum { WIRE_DONE, WIRE_GAP } wire_status_t;
#define WIRE_STATUS_COUNT (WIRE_GAP + 1)

typedef struct {
    uint64_t incarnation, round;
    wire_status_t status;
    uint8_t stream; // gap: what never came
    uint64_t sequence;
} wire_packet_t;

/// Whether the body is of our version, and its kind; false for anything too short.
bool wire_kind(const uint8_t *body, size_t size, wire_kind_t *kind);

/// A hello's version and incarnation, which stand at the same place in every version. False when it is too short for
/// them.
bool wire_hello_origin(const uint8_t *body, size_t size, uint8_t *version, uint64_t *incarnation);

/// A packet's incarnation and round, before anything else of it is looked at. False when it is no packet of our
/// version.
bool wire_packet_origin(const uint8_t *body, size_t size, uint64_t *incarnation, uint64_t *round);

// Encoders write a body of at most WIRE_SIZE_MAX bytes and return its size; what they are given must be valid (assert).
// Decoders trust nothing: false for whatever the layout above does not allow; the output is undefined then.

size_t wire_encode_public(const wire_public_t *self, uint8_t *body);
bool wire_decode_public(wire_public_t *self, const uint8_t *body, size_t size);

size_t wire_encode_welcome(const wire_welcome_t *self, uint8_t *body);
bool wire_decode_welcome(wire_welcome_t *self, const uint8_t *body, size_t size);

size_t wire_encode_refuse(const wire_refuse_t *self, uint8_t *body);
bool wire_decode_refuse(wire_refuse_t *self, const uint8_t *body, size_t size);

size_t wire_encode_power_on(const wire_power_on_t *self, const image_t *image, uint8_t *body);
bool wire_decode_power_on(wire_power_on_t *self, image_t *image, const uint8_t *body, size_t size);

size_t wire_encode_grant(const wire_grant_t *self, uint8_t *body);
bool wire_decode_grant(wire_grant_t *self, const uint8_t *body, size_t size);

size_t wire_encode_attached(uint64_t definitions, int64_t time_ns, uint8_t *body);
bool wire_decode_attached(uint64_t *definitions, int64_t *time_ns, const uint8_t *body, size_t size);

/// The kind is WIRE_PING or WIRE_ECHO.
size_t wire_encode_beat(const wire_beat_t *self, wire_kind_t kind, uint8_t *body);
bool wire_decode_beat(wire_beat_t *self, wire_kind_t kind, const uint8_t *body, size_t size);

size_t wire_encode_stranger(const can_frame_t *frame, uint8_t *body);
bool wire_decode_stranger(can_frame_t *frame, const uint8_t *body, size_t size);

size_t wire_encode_hello(const wire_hello_t *self, uint8_t *body);
bool wire_decode_hello(wire_hello_t *self, const uint8_t *body, size_t size);

/// What is wrong first with a hello or a packet that its decoder refuses. The hello or outbox is overwritten.
wire_mistake_t wire_hello_mistake(wire_hello_t *self, const uint8_t *body, size_t size);
wire_mistake_t wire_packet_mistake(outbox_t *outbox, const uint8_t *body, size_t size);

/// The outbox is read or filled only with status WIRE_DONE.
size_t wire_encode_packet(const wire_packet_t *self, const outbox_t *outbox, uint8_t *body);
bool wire_decode_packet(wire_packet_t *self, outbox_t *outbox, const uint8_t *body, size_t size);

/// The tag over so many bytes.
void wire_tag(const uint8_t *bytes, size_t size, const uint8_t secret[WIRE_SECRET_SIZE], uint8_t tag[WIRE_TAG_SIZE]);

/// The tag over the 8 bytes of an incarnation, little-endian: with which a unit on its lane proves that it hears.
void wire_tag_incarnation(uint64_t incarnation, const uint8_t secret[WIRE_SECRET_SIZE], uint8_t tag[WIRE_TAG_SIZE]);

/// Ends a body with its tag and returns the new size: at most WIRE_SIZE_MAX, which an encoder's leaves room for.
size_t wire_sign(uint8_t *body, size_t size, const uint8_t secret[WIRE_SECRET_SIZE]);

/// Whether the body ends with its tag; *size is then that of the body without it. How long that takes says nothing of
/// the tag that would be right.
bool wire_is_signed(const uint8_t *body, size_t *size, const uint8_t secret[WIRE_SECRET_SIZE]);

/// Continues a 64-bit FNV-1a hash; it begins with 0.
uint64_t wire_hash(uint64_t hash, const uint8_t *bytes, size_t size);

#endif
