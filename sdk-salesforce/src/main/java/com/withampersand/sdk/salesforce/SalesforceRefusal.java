package com.withampersand.sdk.salesforce;

import java.net.http.HttpHeaders;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A refused call to one of Salesforce's APIs: whether a new access token fixes it, and what it
 * means. Not every 401 asks for a refresh, and some other statuses do: an ended session is a 403 at
 * the identity URL, a 400 in the Bulk API and a 500 in the SOAP API.
 *
 * <p>Immutable, and safe to share between threads.
 *
 * @see <a
 *     href="https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm">Salesforce:
 *     Status Codes and Error Responses</a>
 */
public final class SalesforceRefusal {
  private static final int FIRST_REFUSAL = 400;
  private static final int UNAUTHORIZED = 401;
  private static final int UNAVAILABLE = 503;
  private static final int LONGEST_BODY = 1 << 20;

  /** RFC 6750, section 3.1. */
  private static final Pattern INVALID_TOKEN =
      Pattern.compile("(?i)\\berror\\s{0,9}=\\s{0,9}\"?invalid_token\\b");

  /** Identity and userinfo answer with a word of plain text. */
  private static final Pattern WORD = Pattern.compile("[A-Za-z_]{1,64}");

  /** A line of plain text is looked at, but not kept: it may hold anything. */
  private static final Pattern LINE = Pattern.compile("[^<{\\[\\r\\n][^\\r\\n]{0,200}");

  private final int status;
  private final SalesforceError error;

  private SalesforceRefusal(int status, SalesforceError error) {
    this.status = status;
    this.error = error;
  }

  /**
   * Judges a response by its status, headers and body.
   *
   * @param headers the headers; {@code WWW-Authenticate} is read, as RFC 6750 has it
   * @param body the body, as {@link #of(int, String)} takes it
   */
  public static SalesforceRefusal of(int status, HttpHeaders headers, String body) {
    SalesforceRefusal refusal = of(status, body);
    boolean isTokenRefused =
        headers.allValues("WWW-Authenticate").stream()
            .anyMatch(challenge -> INVALID_TOKEN.matcher(challenge).find());
    return isTokenRefused && !refusal.error.isKnown()
        ? new SalesforceRefusal(
            status, SalesforceError.of(new Said("invalid_token", ""), RestTopics.SESSION_OVER))
        : refusal;
  }

  /**
   * Judges a response by its status and body. The body may be anything: JSON, XML, a word, a web
   * page, nothing; one of more than 1,048,576 characters is taken for nothing.
   */
  public static SalesforceRefusal of(int status, String body) {
    String text = body.length() > LONGEST_BODY ? "" : body.strip();
    Said said = said(text);
    String words = LINE.matcher(text).matches() ? text : said.description();
    SalesforceError error =
        SalesforceError.of(
            said, SalesforceErrors.findOfCall(said.code(), words).orElse(RestTopics.OTHER));
    return new SalesforceRefusal(
        status,
        status == UNAVAILABLE && !error.isKnown()
            ? SalesforceError.of(said, TokenTopics.IN_TROUBLE)
            : error);
  }

  private static Said said(String text) {
    return JsonText.read(text)
        .or(() -> XmlText.read(text))
        .or(() -> Optional.of(new Said(text, "")).filter(word -> WORD.matcher(text).matches()))
        .orElse(Said.NOTHING);
  }

  /**
   * Tells whether a new access token fixes it: refresh once, repeat the call once, and take the
   * second refusal as the result. That is so if Salesforce says that the session is over, whatever
   * the status, and for a 401 without a reason that is known.
   */
  public boolean isFixedByRefresh() {
    return error.isKnown()
        ? error.isAbout(RestTopics.SESSION_OVER) && status >= FIRST_REFUSAL
        : status == UNAUTHORIZED;
  }

  /** Returns what it means. */
  public SalesforceError error() {
    return error;
  }

  /** Returns the verdict and the error. */
  @Override
  public String toString() {
    return "Status "
        + status
        + (isFixedByRefresh() ? ", fixed by a refresh: " : ", not fixed by a refresh: ")
        + error;
  }
}
