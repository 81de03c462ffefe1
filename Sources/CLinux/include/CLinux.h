#pragma once

#include "CLinux_crypt.h"
#include "CLinux_process.h"
