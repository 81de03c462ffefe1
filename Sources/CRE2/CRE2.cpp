#include "CRE2.h"
int cre2_placeholder(void) { return 0; }
