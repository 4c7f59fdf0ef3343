package com.withampersand.sdk.testkit;

import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/** What a {@link FakeSalesforce} and each {@link FakeOrg} of it can be told and asked. */
abstract class Controls {
  private final Parts parts;

  Controls(Parts parts) {
    this.parts = parts;
  }

  /** What is told, and what is remembered. */
  record Parts(Situations situations, Faults faults, ApiAnswers answers, RequestLog requests) {
    Parts() {
      this(new Situations(), new Faults(), new ApiAnswers(), new RequestLog());
    }

    /** Returns the parts of an org, in which these hold as well. */
    Parts forOrg() {
      return new Parts(
          new Situations(situations),
          new Faults(faults),
          new ApiAnswers(answers),
          new RequestLog(requests));
    }
  }

  /** Ends all grants, as an admin can: no access token and no refresh token is good any more. */
  public abstract void revokeAll();

  /** Sets whether a situation holds from now on; none does at first. */
  public void set(Situation situation, boolean on) {
    parts.situations().set(situation, on);
    if (on && (situation == Situation.USER_INACTIVE || situation == Situation.APP_BLOCKED)) {
      revokeAll();
    }
  }

  /**
   * Ends the next authorization, after the login, on Salesforce's own error page: the callback is
   * not called, and the reason stands in the page's address alone. Several calls take effect in
   * turn.
   *
   * @param error the code, such as {@code invalid_scope}
   * @param description the words beside it; empty for none
   */
  public void failNextAuthorization(String error, String description) {
    parts.situations().addErrorPage(new OAuthError(error, description));
  }

  /**
   * Lets the next token request meet a fault: a code exchange or a refresh. Faults queue up in the
   * order of the calls, and each is used once.
   */
  public void nextTokenRequest(Fault fault) {
    nextTokenRequests(1, fault);
  }

  /**
   * Lets each of the next token requests meet a fault, as {@link #nextTokenRequest(Fault)} does for
   * one.
   *
   * @throws IllegalArgumentException if {@code count} is below one
   */
  public void nextTokenRequests(int count, Fault fault) {
    next(count, Routes::isTokenRequest, fault);
  }

  /**
   * Lets every token request from now on meet a fault, in place of the one that was set before;
   * {@link Fault#none()} ends it. A request for which another fault is queued up meets both.
   */
  public void everyTokenRequest(Fault fault) {
    every(Faults.Kind.TOKEN_REQUESTS, Routes::isTokenRequest, fault);
  }

  /**
   * Lets the next call of an API meet a fault, as {@link #nextTokenRequest(Fault)} does for token
   * requests. Every path below {@code /services/} is an API's, except those of OAuth.
   */
  public void nextApiCall(Fault fault) {
    nextApiCalls(1, fault);
  }

  /**
   * Lets each of the next calls of an API meet a fault.
   *
   * @throws IllegalArgumentException if {@code count} is below one
   */
  public void nextApiCalls(int count, Fault fault) {
    next(count, Routes::isApiCall, fault);
  }

  /**
   * Lets every call of an API from now on meet a fault, in place of the one that was set before;
   * {@link Fault#none()} ends it.
   */
  public void everyApiCall(Fault fault) {
    every(Faults.Kind.API_CALLS, Routes::isApiCall, fault);
  }

  /**
   * Lets the next call of an API be answered with this status and an error as Salesforce writes it,
   * in place of being carried out.
   *
   * @see Fault#apiError(int, String, String)
   */
  public void failNext(int status) {
    nextApiCall(Fault.apiError(status, "UNKNOWN_EXCEPTION", "Salesforce was told to fail"));
  }

  /** Lets the next request of any kind meet a fault. */
  public void nextRequest(Fault fault) {
    nextRequest(request -> true, fault);
  }

  /**
   * Lets the next request that fits meet a fault, as {@link #nextTokenRequest(Fault)} does for
   * token requests. A request takes the first fault in the queue that fits it.
   *
   * @param which tells whether a request is meant; must not throw, and is asked under a lock
   */
  public void nextRequest(Predicate<? super ReceivedRequest> which, Fault fault) {
    next(1, which, fault);
  }

  /**
   * Lets every request that fits meet a fault from now on, in place of the one that this method set
   * before; {@link Fault#none()} ends it.
   *
   * @param which tells whether a request is meant; must not throw, and is asked under a lock
   */
  public void everyRequest(Predicate<? super ReceivedRequest> which, Fault fault) {
    every(Faults.Kind.REQUESTS, which, fault);
  }

  private void next(int count, Predicate<? super ReceivedRequest> which, Fault fault) {
    Objects.requireNonNull(which, "which");
    parts.faults().next(count, which, Objects.requireNonNull(fault, "fault"));
  }

  private void every(Faults.Kind kind, Predicate<? super ReceivedRequest> which, Fault fault) {
    Objects.requireNonNull(which, "which");
    parts.faults().every(kind, which, Objects.requireNonNull(fault, "fault"));
  }

  /**
   * Answers calls of an API by a handler of the test's own, once their access token was checked. A
   * later handler for the same calls replaces an earlier one; an org's own goes before that of its
   * {@link FakeSalesforce}.
   *
   * <pre>{@code
   * salesforce.answer(
   *     "GET",
   *     "/services/data/v65.0/query",
   *     call -> FakeResponse.json("{\"totalSize\":0,\"done\":true,\"records\":[]}"));
   * }</pre>
   *
   * @param method the HTTP method
   * @param path the path without a query, as it arrives; {@code *} stands for any part of one
   *     segment, {@code **} for any number of segments
   * @throws IllegalArgumentException if the path does not begin with a slash, has a query, or is
   *     one of OAuth's
   */
  public void answer(String method, String path, ApiHandler handler) {
    parts.answers().add(method, path, Objects.requireNonNull(handler, "handler"));
  }

  /**
   * Returns the requests that arrived, in the order of their arrival, those of consents among them.
   */
  public List<ReceivedRequest> requests() {
    return parts.requests().all();
  }

  /** Returns the requests that arrived at one path, in the order of their arrival. */
  public List<ReceivedRequest> requests(String path) {
    return parts.requests().at(path);
  }

  /**
   * Waits until so many requests have arrived at one path, and returns all that have.
   *
   * @throws IllegalStateException if they have not after 30 seconds, or if the thread is
   *     interrupted
   */
  public List<ReceivedRequest> awaitRequests(String path, int count) {
    return parts.requests().await(path, count);
  }

  /** Forgets the requests that arrived so far. */
  public void clearRequests() {
    parts.requests().clear();
  }
}
