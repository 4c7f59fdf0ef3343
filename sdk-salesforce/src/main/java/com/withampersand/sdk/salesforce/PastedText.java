package com.withampersand.sdk.salesforce;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What somebody copied out of a browser or a log, with an error in it somewhere. It is looked for
 * where it is plainest first: parameters, JSON, a code with its text behind a colon, a code, words.
 */
final class PastedText {
  private static final int MOST_CHARACTERS = 1 << 14;

  private static final Pattern ERROR = parameter("error", "\\s");
  private static final Pattern DESCRIPTION = parameter("error_description", "\\r\\n");

  /** A code as Salesforce writes them: words in one case, joined by underscores. */
  private static final String CODE =
      "\\b(?:[A-Z]+(?:_[A-Z]+)+|[a-z]+(?:_[a-z]+)+|Bad_[A-Z]\\w+)\\b";

  private static final Pattern CODE_AND_TEXT =
      Pattern.compile("(" + CODE + ")\\s?: ?([^\\r\\n<]*)");
  private static final Pattern CODE_ALONE = Pattern.compile(CODE);

  /** The numbers of the older pages, which say nothing unless they stand where a code does. */
  private static final Pattern NUMBER =
      Pattern.compile("(?:^|error(?: ?code)?\\W{1,3})(180[04])\\b", Pattern.CASE_INSENSITIVE);

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
        .or(() -> JsonText.read(text))
        .or(this::codeAndText)
        .map(SalesforceError::of)
        .or(this::knownCode)
        .or(this::knownWords);
  }

  private static Optional<Said> parameters(String text) {
    return first(ERROR, text)
        .map(PastedText::decoded)
        .filter(code -> !code.isBlank())
        .map(code -> new Said(code, first(DESCRIPTION, text).map(PastedText::decoded).orElse("")));
  }

  private static Optional<String> first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** Returns text decoded once, or as it is where it cannot be. */
  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  private Optional<Said> codeAndText() {
    Matcher matcher = CODE_AND_TEXT.matcher(text);
    return matcher.find()
        ? Optional.of(new Said(matcher.group(1), matcher.group(2).strip()))
        : Optional.empty();
  }

  /** Nothing of the text but the code is kept: nobody knows what else is in it. */
  private Optional<SalesforceError> knownCode() {
    Stream<String> numbers = NUMBER.matcher(text).results().map(number -> number.group(1));
    Stream<String> codes = CODE_ALONE.matcher(text).results().map(MatchResult::group);
    return Stream.concat(numbers, codes)
        .filter(code -> SalesforceErrors.find(code, "").isPresent())
        .findFirst()
        .flatMap(
            code ->
                SalesforceErrors.find(code, text)
                    .map(topic -> SalesforceError.of(new Said(code, ""), topic)));
  }

  private Optional<SalesforceError> knownWords() {
    return SalesforceErrors.find("", text).map(topic -> SalesforceError.of(Said.NOTHING, topic));
  }
}
