package com.withampersand.sdk.examples.web;

import java.util.Map;

/** A request that is answered with an error page. */
final class WebError extends Exception {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String title;
  private final String sentence;
  private final transient Map<String, String> headers;

  WebError(int status, String title, String sentence) {
    this(status, title, sentence, Map.of());
  }

  WebError(int status, String title, String sentence, Map<String, String> headers) {
    super(sentence);
    this.status = status;
    this.title = title;
    this.sentence = sentence;
    this.headers = headers;
  }

  int status() {
    return status;
  }

  String title() {
    return title;
  }

  /** Returns why, and what to do, for the one who asked. */
  String sentence() {
    return sentence;
  }

  /** Returns what goes into the response beside the page, such as {@code Allow}. */
  Map<String, String> headers() {
    return headers == null ? Map.of() : headers;
  }
}
