#pragma once
int cre2_placeholder(void);
