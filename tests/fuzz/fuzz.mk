# Objects of programs that a fuzz target looks into: FUZZ.fuzz_x := src/NAME/x.c
