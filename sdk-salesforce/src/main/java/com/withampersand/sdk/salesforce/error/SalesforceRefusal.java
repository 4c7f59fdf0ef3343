package com.withampersand.sdk.salesforce.error;

import java.net.http.HttpHeaders;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A refused call to one of Salesforce's APIs: whether a new access token fixes it, and what it
 * means. Not every 401 calls for a refresh, and some other statuses do: an ended session is a 403
 * at the identity URL, a 400 in Bulk API 1.0 and a 500 in the SOAP APIs.
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
  private static final int MAX_BODY = 1 << 20;

  /** RFC 6750, section 3.1. */
  private static final Pattern INVALID_TOKEN =
      Pattern.compile("(?i)\\berror\\s{0,9}=\\s{0,9}\"?invalid_token\\b");

  /** Identity and user info answer with a word of plain text, sometimes in quotation marks. */
  private static final Pattern WORD = Pattern.compile("\"?([A-Za-z_]{1,64})\"?");

  /** A line of plain text is searched, but not kept: it may contain anything. */
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
   * @param headers the headers; {@code WWW-Authenticate} is read as RFC 6750 defines it
   * @param body the body, as {@link #of(int, String)} takes it
   */
  public static SalesforceRefusal of(int status, HttpHeaders headers, String body) {
    SalesforceRefusal refusal = of(status, body);
    boolean isTokenRefused =
        headers.allValues("WWW-Authenticate").stream()
            .anyMatch(challenge -> INVALID_TOKEN.matcher(challenge).find());
    return isTokenRefused && !refusal.error.isKnown()
        ? new SalesforceRefusal(
            status,
            SalesforceError.of(new ErrorText("invalid_token", ""), ErrorEntry.SESSION_ENDED))
        : refusal;
  }

  /**
   * Judges a response by its status and body. The body may be anything: JSON, XML, a word, a web
   * page, nothing; one of more than 1,048,576 characters counts as empty.
   */
  public static SalesforceRefusal of(int status, String body) {
    String text = body.length() > MAX_BODY ? "" : withoutMark(body).strip();
    ErrorText stated = stated(text);
    return new SalesforceRefusal(status, SalesforceError.of(stated, entry(status, stated, text)));
  }

  private static String withoutMark(String body) {
    return body.startsWith("\uFEFF") ? body.substring(1) : body;
  }

  private static ErrorText stated(String text) {
    return JsonText.read(text)
        .or(() -> XmlText.read(text))
        .or(() -> word(text))
        .orElse(ErrorText.NONE);
  }

  private static Optional<ErrorText> word(String text) {
    return Optional.of(WORD.matcher(text))
        .filter(word -> word.matches())
        .map(word -> new ErrorText(word.group(1), ""));
  }

  private static ErrorEntry entry(int status, ErrorText stated, String text) {
    if (MaintenancePage.is(text)) {
      return ErrorEntry.UNAVAILABLE;
    }
    String words = LINE.matcher(text).matches() ? text : stated.description();
    return ErrorCatalog.findOfCall(stated.code(), words)
        .orElse(status == UNAVAILABLE ? ErrorEntry.UNAVAILABLE : ErrorEntry.NOT_IN_CATALOG);
  }

  /**
   * Tells whether a new access token fixes it: refresh once, repeat the call once, and take the
   * second refusal as the result. That is so if Salesforce says that the session ended, with any
   * status, and for a 401 without a known reason.
   */
  public boolean isFixedByRefresh() {
    return error.isKnown()
        ? error.entry() == ErrorEntry.SESSION_ENDED && status >= FIRST_REFUSAL
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
