package com.withampersand.sdk.token.refresh;

/** The protocol under test: {@link Protocol#step}, or one with a fault. */
@FunctionalInterface
interface Stepper {
  Step step(Memory memory, Event event, Now now, Policy policy);
}
