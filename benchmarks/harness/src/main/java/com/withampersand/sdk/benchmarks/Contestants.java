package com.withampersand.sdk.benchmarks;

/** Finds the contestant on the class path of a process. */
final class Contestants {
  private Contestants() {}

  static Contestant load(String className) throws ReflectiveOperationException {
    return Class.forName(className)
        .asSubclass(Contestant.class)
        .getDeclaredConstructor()
        .newInstance();
  }
}
