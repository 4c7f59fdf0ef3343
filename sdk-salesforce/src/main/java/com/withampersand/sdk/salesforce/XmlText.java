package com.withampersand.sdk.salesforce;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds what Salesforce said in XML: the fault of the SOAP APIs and the error of Bulk API 1.0. It
 * looks for two elements and resolves no entity.
 */
final class XmlText {
  private static final Pattern CODE =
      Pattern.compile(
          "<(?:\\w{1,20}:)?(?:exceptionCode|faultcode)[^>]{0,100}>\\s{0,20}(?:\\w{1,20}:)?(\\w{1,64})\\s{0,20}</");

  private static final Pattern MESSAGE =
      Pattern.compile("<(?:\\w{1,20}:)?(?:exceptionMessage|faultstring)[^>]{0,100}>([^<]{0,500})");

  private XmlText() {}

  /** Returns what was said; empty if the text is not such XML. */
  static Optional<Said> read(String text) {
    if (!text.startsWith("<")) {
      return Optional.empty();
    }
    Matcher code = CODE.matcher(text);
    if (!code.find()) {
      return Optional.empty();
    }
    Matcher message = MESSAGE.matcher(text);
    return Optional.of(new Said(code.group(1), message.find() ? message.group(1).strip() : ""));
  }
}
