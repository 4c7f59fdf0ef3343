package com.withampersand.sdk.salesforce;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What was copied out of a browser or a log, with an error in it somewhere. It is looked for where
 * it is plainest first: parameters, JSON, a code, words. Of free text nothing is kept but a code,
 * since it may hold anything.
 */
final class PastedText {
  private static final int MOST_CHARACTERS = 1 << 14;
  private static final int SHORTEST_SECRET = 6;

  /** No address has more secrets; of a text that does, the description is not shown. */
  private static final int MOST_SECRETS = 32;

  private static final Pattern ERROR = parameter("error", "\\s");
  private static final Pattern DESCRIPTION = parameter("error_description", "\\r\\n");

  /** What may not be shown again, though the description repeat it; shorter ones are no secrets. */
  private static final Pattern SECRET =
      Pattern.compile(
          "(?<!\\w)(?:code|state|nonce|sid|\\w*(?:token|secret|verifier|challenge))=([^&#\\s<\"]{6,})",
          Pattern.CASE_INSENSITIVE);

  /** What can be a code in the midst of a text. */
  private static final Pattern WORD = Pattern.compile("(?<!\\w)[A-Za-z]+_\\w{2,64}(?!\\w)");

  /** The numbers of the older pages, which say nothing unless they stand where a code does. */
  private static final Pattern NUMBER =
      Pattern.compile(
          "(?:^(?=\\d{4}\\s*(?::|$))|error(?:[ _]?code)?\\W{1,3})(180[04])\\b",
          Pattern.CASE_INSENSITIVE);

  /** A code of the error page, with its text, that is not known. */
  private static final Pattern PAGE_ERROR =
      Pattern.compile("(?<!\\w)(OAUTH_[A-Z_]{2,64})\\s{0,2}:([^\\r\\n<]*)");

  private final String text;

  PastedText(String pasted) {
    String bounded = pasted.substring(0, Math.min(pasted.length(), MOST_CHARACTERS));
    this.text = bounded.replace("&amp;", "&").replace("&#39;", "'").strip();
  }

  private static Pattern parameter(String name, String end) {
    return Pattern.compile(
        "(?:^|[?&#>\"'(\\s])" + name + "=([^&#<\"" + end + "]*)", Pattern.CASE_INSENSITIVE);
  }

  Optional<SalesforceError> error() {
    return parameters(text)
        .or(() -> parameters(decoded(text)))
        .or(() -> JsonText.read(text).map(SalesforceError::of))
        .or(this::knownCode)
        .or(this::pageError)
        .or(this::knownWords);
  }

  /**
   * Returns the error where it stands as a parameter or a member, and not where it may be read into
   * words.
   */
  Optional<SalesforceError> statedError() {
    return parameters(text).or(() -> JsonText.read(text).map(SalesforceError::of));
  }

  private static Optional<SalesforceError> parameters(String text) {
    String description = first(DESCRIPTION, text).orElse("");
    return first(ERROR, text)
        .filter(code -> !code.isBlank())
        .map(code -> new Said(code, withoutSecrets(description, text)))
        .map(said -> SalesforceError.of(said, description));
  }

  private static Optional<String> first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Optional.of(decoded(matcher.group(1))) : Optional.empty();
  }

  /**
   * Returns a description without the values of the secret parameters beside it. All are looked for
   * in the description as it was sent, so that no replacement is searched again.
   */
  private static String withoutSecrets(String description, String text) {
    Set<String> secrets =
        SECRET
            .matcher(text)
            .results()
            .map(found -> decoded(found.group(1)))
            .filter(secret -> secret.length() >= SHORTEST_SECRET)
            .limit(MOST_SECRETS + 1L)
            .collect(Collectors.toSet());
    if (secrets.size() > MOST_SECRETS) {
      return "";
    }
    BitSet hidden = new BitSet();
    secrets.forEach(secret -> mark(secret, description, hidden));
    return withAsterisks(description, hidden);
  }

  private static void mark(String secret, String description, BitSet hidden) {
    int start = description.indexOf(secret);
    while (start >= 0) {
      hidden.set(start, start + secret.length());
      start = description.indexOf(secret, start + secret.length());
    }
  }

  private static String withAsterisks(String description, BitSet hidden) {
    StringBuilder shown = new StringBuilder();
    int from = 0;
    while (from < description.length()) {
      int start = hidden.nextSetBit(from);
      if (start < 0) {
        return shown.append(description, from, description.length()).toString();
      }
      shown.append(description, from, start).append("***");
      from = hidden.nextClearBit(start);
    }
    return shown.toString();
  }

  /** Returns text decoded once, or as it is where it cannot be. */
  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  private Optional<SalesforceError> knownCode() {
    Stream<String> numbers = NUMBER.matcher(text).results().map(number -> number.group(1));
    Stream<String> words = WORD.matcher(text).results().map(MatchResult::group);
    return Stream.concat(numbers, words)
        .filter(word -> SalesforceErrors.find(word, "").isPresent())
        .findFirst()
        .map(code -> SalesforceError.of(new Said(code, ""), text));
  }

  private Optional<SalesforceError> pageError() {
    Matcher matcher = PAGE_ERROR.matcher(text);
    return matcher.find()
        ? Optional.of(SalesforceError.of(new Said(matcher.group(1), matcher.group(2))))
        : Optional.empty();
  }

  private Optional<SalesforceError> knownWords() {
    return Optional.of(SalesforceError.of(Said.NOTHING, text)).filter(SalesforceError::isKnown);
  }
}
