package com.withampersand.sdk.token.refresh;

/** What the developer's functions may throw: anything, declared or not. */
final class UserCode {
  private UserCode() {}

  /** Throws what no one can go on from; an overflow of the stack is over when it is caught. */
  static void rethrowFatal(Throwable t) {
    if (t instanceof VirtualMachineError e && !(e instanceof StackOverflowError)) {
      throw e;
    }
  }
}
