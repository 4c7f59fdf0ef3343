package com.withampersand.sdk.salesforce.error;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds the error in text from a browser or a log. It looks where an error is plainest first:
 * parameters, JSON, members of JSON or XML inside other text, a code beside its description, a
 * code, a description. So Salesforce's own words win over those of the tool that printed them. Of
 * free text only a code is kept, since it may contain anything.
 */
final class PastedText {
  private static final int MAX_CHARACTERS = 1 << 14;
  private static final int MIN_SECRET = 6;

  /** No address has more secrets; if a text does, its description is not shown. */
  private static final int MAX_SECRETS = 32;

  private static final String INVALID_TOKEN = "invalid_token";
  private static final Pattern ERROR = parameter("error", "\\s");
  private static final Pattern DESCRIPTION = parameter("error_description", "\\r\\n");

  /** What must not be shown, even if the description repeats it; shorter values are not secrets. */
  private static final Pattern SECRET =
      Pattern.compile(
          "(?<!\\w)(?:code|state|nonce|sid|\\w*(?:token|secret|verifier|challenge))=([^&#\\s<\"]{6,})",
          Pattern.CASE_INSENSITIVE);

  /** What can be a code inside other text. */
  private static final Pattern WORD =
      Pattern.compile("(?<!\\w)(?:[A-Za-z]+_\\w{2,64}|InvalidSessionId)(?!\\w)");

  /** The numbers of the older pages, which count only where a code is expected. */
  private static final Pattern NUMBER =
      Pattern.compile(
          "(?:^(?=\\d{4}\\s*(?::|$))|error(?:[ _]?code)?\\W{1,3})(180[04])\\b",
          Pattern.CASE_INSENSITIVE);

  /** A code of the error page, with its text, that is not in the catalog. */
  private static final Pattern PAGE_ERROR =
      Pattern.compile("(?<!\\w)(OAUTH_[A-Z_]{2,64})\\s{0,2}:([^\\r\\n<]*)");

  /** JSON, escaped JSON, a Python or Ruby dictionary, the fault of a SOAP client, a challenge. */
  private static final String QUOTE = "\\\\{0,3}u?[\"']";

  private static final String COLON = "(?:" + QUOTE + ")?\\s{0,9}(?:=>|[:=])\\s{0,9}\\[?";

  private static final Pattern CODE_MEMBER =
      Pattern.compile(
          "(?<!\\w)(?:errorCode|exceptionCode|error|code)"
              + COLON
              + QUOTE
              + "(?:sf:)?(\\w{2,64})\\\\{0,3}[\"']");

  private static final Pattern DESCRIPTION_MEMBER =
      Pattern.compile(
          "(?<!\\w)(?:error_description|exceptionMessage|message)"
              + COLON
              + "\\\\{0,3}u?(?:\"([^\"\\\\]{0,500})|'([^'\\\\]{0,500}))");

  /** A description stands this near to its code. */
  private static final int NEAR = 700;

  private static final int MAX_CODES = 20;

  /** What OmniAuth prints for any failure; Salesforce has an error of the same words. */
  private static final String TOOL_WORDS = "Authentication failure!";

  private final String text;

  PastedText(String pasted) {
    String bounded = pasted.substring(0, Math.min(pasted.length(), MAX_CHARACTERS));
    this.text =
        bounded
            .replace("&amp;", "&")
            .replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace(TOOL_WORDS, "")
            .strip();
  }

  private static Pattern parameter(String name, String end) {
    return Pattern.compile(
        "(?:^|[?&#>\"'(\\s])" + name + "=([^&#<\"" + end + "]*)", Pattern.CASE_INSENSITIVE);
  }

  Optional<SalesforceError> error() {
    return parameters(text)
        .or(() -> parameters(decoded(text)))
        .or(() -> JsonText.read(text).map(PastedText::ofCallOrOAuth))
        .or(this::members)
        .or(() -> XmlText.find(text).map(PastedText::ofCallOrOAuth))
        .or(this::knownCode)
        .or(this::pageError)
        .or(this::knownText);
  }

  /**
   * Returns the error where it stands as a parameter or a member, or a maintenance page; other text
   * is not searched.
   */
  Optional<SalesforceError> statedError() {
    return parameters(text)
        .or(() -> JsonText.read(text).map(SalesforceError::of))
        .or(
            () ->
                MaintenancePage.is(text)
                    ? Optional.of(SalesforceError.of(ErrorText.NONE, ErrorEntry.UNAVAILABLE))
                    : Optional.empty());
  }

  /** In JSON and XML, {@code invalid_token} is what an API says: RFC 6750, section 3.1. */
  private static SalesforceError ofCallOrOAuth(ErrorText found) {
    return found.code().equals(INVALID_TOKEN)
        ? SalesforceError.of(found, ErrorEntry.SESSION_ENDED)
        : SalesforceError.of(found);
  }

  /** Returns the first known code that stands as a member, with the description nearest to it. */
  private Optional<SalesforceError> members() {
    return CODE_MEMBER
        .matcher(text)
        .results()
        .filter(member -> ErrorCatalog.isCode(member.group(1)))
        .findFirst()
        .map(member -> new ErrorText(member.group(1), descriptionNear(member)))
        .map(PastedText::ofCallOrOAuth);
  }

  private String descriptionNear(MatchResult code) {
    int from = Math.max(0, code.start() - NEAR);
    Matcher matcher = DESCRIPTION_MEMBER.matcher(text);
    matcher.region(from, Math.min(text.length(), code.end() + NEAR));
    return matcher
        .results()
        .min(Comparator.comparingInt(member -> distance(member, code)))
        .map(member -> member.group(1) == null ? member.group(2) : member.group(1))
        .orElse("");
  }

  private static int distance(MatchResult one, MatchResult other) {
    return Math.max(one.start() - other.end(), other.start() - one.end());
  }

  private static Optional<SalesforceError> parameters(String text) {
    String description = first(DESCRIPTION, text).orElse("");
    return first(ERROR, text)
        .filter(code -> !code.isBlank())
        .map(
            code ->
                SalesforceError.of(
                    new ErrorText(code, withoutSecrets(description, text)),
                    ErrorCatalog.find(code, description).orElse(ErrorEntry.NOT_IN_CATALOG)));
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
            .filter(secret -> secret.length() >= MIN_SECRET)
            .limit(MAX_SECRETS + 1L)
            .collect(Collectors.toSet());
    if (secrets.size() > MAX_SECRETS) {
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

  /** Returns the first code that stands before its description, else the first code. */
  private Optional<SalesforceError> knownCode() {
    Stream<MatchResult> numbers = NUMBER.matcher(text).results();
    Stream<MatchResult> words =
        WORD.matcher(text).results().filter(word -> ErrorCatalog.isCode(word.group()));
    List<MatchResult> codes = Stream.concat(numbers, words).limit(MAX_CODES).toList();
    return codes.stream()
        .flatMap(code -> besideText(code, lineAfter(code)).stream())
        .findFirst()
        .or(() -> codes.stream().findFirst().map(this::codeWithAnyText));
  }

  private static Optional<SalesforceError> besideText(MatchResult code, String words) {
    return ErrorCatalog.findByText(words)
        .map(entry -> SalesforceError.of(new ErrorText(name(code), ""), entry));
  }

  private String lineAfter(MatchResult code) {
    String rest = text.substring(code.end(), Math.min(text.length(), code.end() + NEAR));
    return rest.lines().findFirst().orElse("");
  }

  private SalesforceError codeWithAnyText(MatchResult code) {
    return besideText(code, text).orElseGet(() -> ofCallOrOAuth(new ErrorText(name(code), "")));
  }

  private static String name(MatchResult code) {
    return code.groupCount() > 0 ? code.group(1) : code.group();
  }

  private Optional<SalesforceError> pageError() {
    Matcher matcher = PAGE_ERROR.matcher(text);
    return matcher.find()
        ? Optional.of(SalesforceError.of(new ErrorText(matcher.group(1), matcher.group(2))))
        : Optional.empty();
  }

  private Optional<SalesforceError> knownText() {
    return ErrorCatalog.findByText(text).map(entry -> SalesforceError.of(ErrorText.NONE, entry));
  }
}
