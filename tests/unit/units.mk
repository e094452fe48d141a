# Objects of programs that a unit test looks into: UNIT.test_x := src/NAME/x.c

# libxml2 is the oracle of this test and no part of any program.
$(O)/tests/unit/test_text.o: cflags += $(shell pkg-config --cflags libxml-2.0)
$(TBIN)/test_text: LIBS += $(shell pkg-config --libs libxml-2.0)
