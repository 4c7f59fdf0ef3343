package com.withampersand.sdk.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds what an exception carries, also if other code has tied its causes into a circle. */
public final class Throwables {
  private Throwables() {}

  /** Returns all that a stack trace shows: the exception, its causes, and what each suppressed. */
  public static Set<Throwable> inTrace(Throwable failure) {
    Set<Throwable> found = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Throwable> open = new ArrayDeque<>(List.of(failure));
    while (!open.isEmpty()) {
      Throwable next = open.remove();
      if (found.add(next)) {
        open.addAll(List.of(next.getSuppressed()));
        if (next.getCause() != null) {
          open.add(next.getCause());
        }
      }
    }
    return found;
  }

  /** Returns the exception and its causes, the outermost first. */
  public static List<Throwable> causes(Throwable failure) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Throwable> causes = new ArrayList<>();
    for (@Nullable Throwable next = failure;
        next != null && seen.add(next);
        next = next.getCause()) {
      causes.add(next);
    }
    return causes;
  }
}
