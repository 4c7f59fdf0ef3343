package com.withampersand.sdk.testkit;

import java.util.List;

/** Ends a request with a problem. */
final class FakeRefusal extends RuntimeException {
  private final int status;
  private final String remedy;
  private final boolean retryable;
  private final transient List<Issue> issues;

  private FakeRefusal(
      int status, String detail, String remedy, boolean retryable, List<Issue> issues) {
    super(detail, null, false, false);
    this.status = status;
    this.remedy = remedy;
    this.retryable = retryable;
    this.issues = issues;
  }

  FakeRefusal(int status, String detail, String remedy) {
    this(status, detail, remedy, false, List.of());
  }

  static FakeRefusal notFound(String what) {
    return new FakeRefusal(404, what + " does not exist", "Check the ID and the project");
  }

  static FakeRefusal badMethod(ReceivedRequest request) {
    return new FakeRefusal(405, request.method() + " is not allowed here", "Use another method");
  }

  static FakeRefusal temporary(int status, String detail, boolean retryable) {
    return new FakeRefusal(status, detail, "Try again later", retryable, List.of());
  }

  /** Returns the failure of a service that was told to fail. */
  static FakeRefusal told(int status, boolean retryable) {
    return temporary(status, "Ampersand was told to fail", retryable);
  }

  /** Returns a refusal of one part of a request. */
  static FakeRefusal invalid(int status, Issue issue) {
    return invalid(status, List.of(issue));
  }

  static FakeRefusal invalid(int status, List<Issue> issues) {
    return new FakeRefusal(
        status,
        "The input is not valid: " + issues.get(0).detail(),
        "Correct what the issues name",
        false,
        List.copyOf(issues));
  }

  int status() {
    return status;
  }

  String detail() {
    return String.valueOf(getMessage());
  }

  String remedy() {
    return remedy;
  }

  boolean retryable() {
    return retryable;
  }

  List<Issue> issues() {
    return issues;
  }
}
