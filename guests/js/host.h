/* The two imports of the guest (docs/guest-abi.md). The native build links a driver that implements the same two. */
#ifndef LAZARET_HOST_H
#define LAZARET_HOST_H

#include <stdint.h>

#ifdef __wasm__
#define LZ_IMPORT(name) __attribute__((import_module("host"), import_name(name)))
#define LZ_EXPORT(name) __attribute__((export_name(name)))
#else
#define LZ_IMPORT(name)
#define LZ_EXPORT(name)
#endif

enum {
    LZ_OP_LOG = 0,
    LZ_OP_CALL = 1,
    LZ_OP_QUIET = 2,
    LZ_OP_SOURCE = 3,
    LZ_OP_CLOCK = 4,
    LZ_OP_EVAL = 5,
    LZ_OP_STEPS = 6,
    LZ_OP_SLEEP = 7,
};

LZ_IMPORT("call") int32_t lz_host_call(uint32_t op, const uint8_t *request, uint32_t length);
LZ_IMPORT("read") void lz_host_read(uint8_t *to, uint32_t length);

void lz_init(void);
int32_t lz_run(void);

#endif
