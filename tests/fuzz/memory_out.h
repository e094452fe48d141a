/*
 * memory_out.h - out.h for fuzz targets: what is written stays in memory
 */
#ifndef MEMORY_OUT_H
#define MEMORY_OUT_H

#include "buf.h"
#include "out.h"

struct out {
	struct buf text;
};

#endif
