package com.withampersand.sdk.salesforce.error;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the error in XML: the fault of the SOAP APIs, and the errors of Bulk API 1.0, the REST API
 * and the token endpoint, which all send XML to clients that ask for it. It looks for two elements
 * and resolves no entity.
 */
final class XmlText {
  private static final Pattern CODE =
      Pattern.compile(
          "<(?:\\w{1,20}:)?(?:exceptionCode|faultcode|errorCode|error)(?:\\s[^>]{0,100})?>\\s{0,20}(?:\\w{1,20}:)?(\\w{1,64})\\s{0,20}</");

  private static final Pattern MESSAGE =
      Pattern.compile(
          "<(?:\\w{1,20}:)?(?:exceptionMessage|faultstring|message|error_description)(?:\\s[^>]{0,100})?>([^<]{0,500})");

  private XmlText() {}

  /** Returns the error; empty if the text is not such XML. */
  static Optional<ErrorText> read(String text) {
    return text.startsWith("<") ? find(text) : Optional.empty();
  }

  /** Returns the error of XML anywhere in a text. */
  static Optional<ErrorText> find(String text) {
    Matcher code = CODE.matcher(text);
    if (!code.find()) {
      return Optional.empty();
    }
    Matcher message = MESSAGE.matcher(text);
    return Optional.of(
        new ErrorText(code.group(1), message.find() ? message.group(1).strip() : ""));
  }
}
