package com.withampersand.sdk.oauth;

import com.withampersand.sdk.internal.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A set of OAuth scopes. The order in which they were given is kept for printing; equality ignores
 * it, since providers answer in any order.
 *
 * <p>Immutable, and safe to share between threads.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-3.3">RFC 6749, section 3.3</a>
 */
public final class Scopes implements Iterable<String> {
  private static final Scopes NONE = new Scopes(Set.of());

  private final Set<String> names;

  private Scopes(Set<String> names) {
    this.names = names;
  }

  /** Returns the empty set. */
  public static Scopes none() {
    return NONE;
  }

  /**
   * Returns the named scopes.
   *
   * @throws IllegalArgumentException if a name is empty or holds a character that RFC 6749 forbids,
   *     such as a space
   */
  public static Scopes of(String... names) {
    return of(Arrays.asList(names));
  }

  /**
   * Returns the named scopes.
   *
   * @throws IllegalArgumentException if a name is empty or holds a character that RFC 6749 forbids,
   *     such as a space
   */
  public static Scopes of(Collection<String> names) {
    names.forEach(Scopes::requireScopeToken);
    return new Scopes(new LinkedHashSet<>(names));
  }

  /**
   * Returns the scopes in a list separated by white space of any kind, as a response has it. Names
   * are taken as they come.
   */
  public static Scopes parse(String list) {
    Set<String> names = new LinkedHashSet<>();
    int start = 0;
    for (int end = 0; end <= list.length(); end++) {
      if (end == list.length() || isWhiteSpace(list.charAt(end))) {
        if (end > start) {
          names.add(list.substring(start, end));
        }
        start = end + 1;
      }
    }
    return names.isEmpty() ? NONE : new Scopes(names);
  }

  /** That of Java and of Unicode, and what people take for it. */
  private static boolean isWhiteSpace(char c) {
    return Character.isWhitespace(c)
        || Character.isSpaceChar(c)
        || c == '\u0085'
        || c == '\u200B'
        || c == '\uFEFF';
  }

  private static void requireScopeToken(String name) {
    if (name.isEmpty() || !name.chars().allMatch(Scopes::isScopeCharacter)) {
      throw new IllegalArgumentException(
          "a scope is one or more printable ASCII characters without space, quote or backslash,"
              + " and each is a value of its own; got \""
              + Text.redacted(name, List.of())
              + "\"");
    }
  }

  private static boolean isScopeCharacter(int c) {
    return c > ' ' && c < 0x7F && c != '"' && c != '\\';
  }

  /** Tells whether there are none. */
  public boolean isEmpty() {
    return names.isEmpty();
  }

  /** Tells whether the named scope is among these; the case of letters matters. */
  public boolean contains(String name) {
    return names.contains(name);
  }

  /** Tells whether all of the other scopes are among these. */
  public boolean containsAll(Scopes others) {
    return names.containsAll(others.names);
  }

  /** Returns these scopes without the others. */
  public Scopes without(Scopes others) {
    Set<String> rest = new LinkedHashSet<>(names);
    rest.removeAll(others.names);
    return new Scopes(rest);
  }

  /** Returns the names as a list, in the order in which they were given. */
  public List<String> toList() {
    return Collections.unmodifiableList(new ArrayList<>(names));
  }

  /**
   * Returns an iterator over the names, in the order in which they were given; it removes nothing.
   */
  @Override
  public Iterator<String> iterator() {
    return Collections.unmodifiableSet(names).iterator();
  }

  /** Tells whether the other object holds the same scopes, in any order. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Scopes scopes && names.equals(scopes.names);
  }

  @Override
  public int hashCode() {
    return names.hashCode();
  }

  /**
   * Returns the names separated by single spaces: the form that travels in a {@code scope}
   * parameter.
   */
  @Override
  public String toString() {
    return String.join(" ", names);
  }
}
