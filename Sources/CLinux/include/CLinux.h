#pragma once

#include "CLinux_crypt.h"
#include "CLinux_file.h"
#include "CLinux_process.h"
