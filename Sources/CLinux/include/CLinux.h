#pragma once

#include "CLinux_crypt.h"
