package com.withampersand.sdk.testkit;

import java.util.List;
import java.util.Map;

/**
 * What an {@link ApiHandler} answers.
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class FakeResponse {
  private final Answer answer;

  private FakeResponse(Answer answer) {
    this.answer = answer;
  }

  /** Returns a response with status 200 and JSON, which is sent as it is. */
  public static FakeResponse json(String json) {
    return json(200, json);
  }

  /** Returns a response with JSON, which is sent as it is. */
  public static FakeResponse json(int status, String json) {
    return of(status, "application/json;charset=UTF-8", json);
  }

  /** Returns a response without a body. */
  public static FakeResponse empty(int status) {
    return of(status, "", "");
  }

  /**
   * Returns a response.
   *
   * @param contentType the {@code Content-Type}; empty for none
   */
  public static FakeResponse of(int status, String contentType, String body) {
    return new FakeResponse(new Answer(status, contentType, body));
  }

  /**
   * Returns an error as Salesforce's REST API writes it.
   *
   * @param errorCode such as {@code MALFORMED_QUERY}
   */
  public static FakeResponse error(int status, String errorCode, String message) {
    return new FakeResponse(apiError(status, errorCode, message));
  }

  /** Returns this response with one more header; a header of that name is replaced. */
  public FakeResponse header(String name, String value) {
    return new FakeResponse(answer.withHeader(name, value));
  }

  Answer answer() {
    return answer;
  }

  static Answer apiError(int status, String errorCode, String message) {
    return Answer.json(status, List.of(Map.of("message", message, "errorCode", errorCode)));
  }
}
