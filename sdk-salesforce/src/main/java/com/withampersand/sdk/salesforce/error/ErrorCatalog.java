package com.withampersand.sdk.salesforce.error;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Verdict;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds the entry of an error: the one with the longest matching text, else the one with this code.
 * An error that is not in the catalog stays as it is.
 */
final class ErrorCatalog {
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int FIRST_SERVER_ERROR = 500;

  /** Where an error is not the refusal of an access token. */
  private static final Set<ErrorSource> NOT_OF_CALLS =
      Set.of(
          ErrorSource.REVOCATION,
          ErrorSource.REFRESH,
          ErrorSource.EXCHANGE,
          ErrorSource.MINT,
          ErrorSource.AUTHORIZE,
          ErrorSource.CALLBACK);

  /** The longest text comes first, for it says the most. */
  private static final List<Row> ROWS =
      Arrays.stream(ErrorEntry.values())
          .flatMap(
              entry -> entry.facts().patterns().stream().map(pattern -> Row.of(pattern, entry)))
          .sorted(Comparator.comparingInt((Row row) -> row.text.length()).reversed())
          .toList();

  private static final Set<String> CODES =
      ROWS.stream()
          .filter(row -> row.text.isEmpty() && !row.isPrefix)
          .map(Row::code)
          .collect(Collectors.toUnmodifiableSet());

  private static final List<String> CODE_PREFIXES =
      ROWS.stream().filter(Row::isPrefix).map(Row::code).toList();

  private ErrorCatalog() {}

  /** A pattern in plain words, and its entry. */
  private record Row(
      String code, boolean isPrefix, String text, List<ErrorSource> sources, ErrorEntry entry) {

    static Row of(ErrorPattern pattern, ErrorEntry entry) {
      return new Row(
          plain(pattern.code()),
          pattern.code().endsWith("*"),
          plain(pattern.text()),
          pattern.sources(),
          entry);
    }

    boolean matches(String plainCode, String allWords) {
      if (!text.isEmpty()) {
        return (" " + allWords).contains(" " + text);
      }
      return isPrefix ? plainCode.startsWith(code) : plainCode.equals(code);
    }

    boolean isByText() {
      return !text.isEmpty();
    }

    boolean isOnlyFrom(ErrorSource source) {
      return sources.equals(List.of(source));
    }

    /** Tells whether API calls are known to answer with this text, under this code or without. */
    boolean isOfCalls(String plainCode) {
      return sources.contains(ErrorSource.API) && (code.isEmpty() || code.equals(plainCode));
    }

    boolean isKnownOfRefreshes() {
      return sources.contains(ErrorSource.TOKEN) || sources.contains(ErrorSource.REFRESH);
    }
  }

  /** Returns lower-case words with one space between each two. */
  private static String plain(String text) {
    return text.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", " ").strip();
  }

  /** Tells whether a word is a code of the catalog. */
  static boolean isCode(String word) {
    String plain = plain(word);
    return CODES.contains(plain) || CODE_PREFIXES.stream().anyMatch(plain::startsWith);
  }

  /** Returns the entry of an error, whichever of code and description has the text. */
  static Optional<ErrorEntry> find(String code, String description) {
    return rows(code, description)
        .filter(row -> !row.isOnlyFrom(ErrorSource.REFRESH))
        .filter(row -> !row.isOnlyFrom(ErrorSource.MINT))
        .findFirst()
        .map(Row::entry);
  }

  /** Returns the entry whose text the description has. */
  static Optional<ErrorEntry> findByText(String description) {
    return rows("", description)
        .filter(Row::isByText)
        .filter(row -> !row.isOnlyFrom(ErrorSource.REFRESH))
        .filter(row -> !row.isOnlyFrom(ErrorSource.MINT))
        .findFirst()
        .map(Row::entry);
  }

  /**
   * Returns the entry of a refused call. The description may be a validation rule's, or data:
   * beside a code it counts only where calls are known to answer with it.
   */
  static Optional<ErrorEntry> findOfCall(String code, String description) {
    return rows(code, description)
        .filter(row -> !NOT_OF_CALLS.containsAll(row.sources))
        .filter(row -> !row.isByText() || code.isEmpty() || row.isOfCalls(plain(code)))
        .findFirst()
        .map(Row::entry);
  }

  private static Optional<Row> findOfRefresh(String code, String description) {
    return rows(code, description)
        .filter(row -> !row.isOnlyFrom(ErrorSource.EXCHANGE))
        .filter(row -> !row.isOnlyFrom(ErrorSource.MINT))
        .filter(row -> !row.isOnlyFrom(ErrorSource.REVOCATION))
        .filter(row -> row.entry != ErrorEntry.SESSION_ENDED)
        .findFirst();
  }

  private static Optional<ErrorEntry> findOfMint(String code, String description) {
    return rows(code, description)
        .filter(row -> !row.isOnlyFrom(ErrorSource.EXCHANGE))
        .filter(row -> !row.isOnlyFrom(ErrorSource.REFRESH))
        .filter(row -> !row.isOnlyFrom(ErrorSource.REVOCATION))
        .filter(row -> row.entry != ErrorEntry.SESSION_ENDED)
        .filter(row -> row.entry.facts().actor() != Actor.END_USER)
        .sorted(Comparator.comparing((Row row) -> !row.isOnlyFrom(ErrorSource.MINT)))
        .findFirst()
        .map(Row::entry);
  }

  private static Stream<Row> rows(String code, String description) {
    String plainCode = plain(code);
    String allWords = plain(code + " " + description);
    return ROWS.stream().filter(row -> row.matches(plainCode, allWords));
  }

  static OAuthException explain(OAuthException exception) {
    return explain(exception, ErrorCatalog::find);
  }

  /** Explains the refusal of a call: {@code invalid_token} is something else at revocations. */
  static OAuthException explainCall(OAuthException exception) {
    return explain(exception, ErrorCatalog::findOfCall);
  }

  private static OAuthException explain(
      OAuthException exception, BiFunction<String, String, Optional<ErrorEntry>> catalog) {
    if (saysNothing(exception)) {
      return unavailable(exception);
    }
    return catalog
        .apply(exception.error(), exception.description().orElse(""))
        .map(entry -> explained(exception, entry, entry.facts().verdict()))
        .orElse(exception);
  }

  /** Explains the refusal of a refresh: only texts that are known of refreshes end a grant. */
  static OAuthException explainRefresh(OAuthException exception) {
    if (saysNothing(exception)) {
      return unavailable(exception);
    }
    return findOfRefresh(exception.error(), exception.description().orElse(""))
        .map(row -> explained(exception, row.entry, verdictOfRefresh(row)))
        .orElseGet(() -> withoutEnd(exception));
  }

  /** Explains the refusal of a JWT or of the app's own credentials. */
  static OAuthException explainMint(OAuthException exception) {
    return explain(exception, ErrorCatalog::findOfMint);
  }

  /** Too many requests, or a server that is down: then the code says nothing about the grant. */
  private static boolean saysNothing(OAuthException exception) {
    int status = exception.httpStatus().orElse(0);
    return status == TOO_MANY_REQUESTS || status >= FIRST_SERVER_ERROR;
  }

  private static OAuthException unavailable(OAuthException exception) {
    return exception.httpStatus().orElse(0) == TOO_MANY_REQUESTS
        ? exception
        : explained(exception, ErrorEntry.UNAVAILABLE, ErrorEntry.UNAVAILABLE.facts().verdict());
  }

  private static Verdict verdictOfRefresh(Row row) {
    Verdict verdict = row.entry.facts().verdict();
    return verdict == Verdict.FINAL && !row.isKnownOfRefreshes() ? Verdict.UNKNOWN : verdict;
  }

  private static OAuthException withoutEnd(OAuthException exception) {
    return exception.verdict() == Verdict.FINAL
        ? exception.toBuilder().verdict(Verdict.UNKNOWN).build()
        : exception;
  }

  private static OAuthException explained(
      OAuthException exception, ErrorEntry entry, Verdict verdict) {
    EntryFacts facts = entry.facts();
    return exception.toBuilder()
        .remedy(facts.remedy())
        .causes(facts.causes())
        .actor(facts.actor())
        .verdict(verdict)
        .reason(facts.reason())
        .topic(entry.topic())
        .build();
  }
}
