# Objects of programs that a unit test looks into: UNIT.test_x := src/NAME/x.c
