package com.withampersand.sdk.oauth;

import com.github.scribejava.core.model.OAuthRequest;
import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.http.HttpTransport.Response;
import com.withampersand.sdk.internal.Endpoints;
import com.withampersand.sdk.internal.HttpCalls;
import com.withampersand.sdk.internal.Text;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Sends a request to an endpoint of the provider's and tells success, refusal and all else apart.
 */
final class TokenEndpoint {
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final int BAD_REQUEST = 400;
  private static final int REQUEST_TIMEOUT = 408;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int FIRST_SERVER_ERROR = 500;
  private static final int UNAVAILABLE = 503;

  private final HttpCalls calls;
  private final UnaryOperator<OAuthException> explanation;

  TokenEndpoint(HttpCalls calls, UnaryOperator<OAuthException> explanation) {
    this.calls = calls;
    this.explanation = explanation;
  }

  /**
   * Sends a request and returns the body of the answer, which is a success but may be anything.
   *
   * @param call what is asked
   */
  AnswerBody post(Call call) {
    Response response =
        calls.post(
            call.action,
            call.repeatable,
            call.uri(),
            headers(call.request),
            body(call.request),
            call.secrets);
    AnswerBody body = AnswerBody.of(response);
    return requireSuccess(call, response, body, Optional.empty());
  }

  /**
   * Sends a request without a body, by GET, and returns the body of the answer as {@link #post}
   * does. What is asked this way may refuse with a single word, or in {@code WWW-Authenticate}
   * only.
   */
  AnswerBody get(Call call) {
    Map<String, String> headers = new LinkedHashMap<>(call.request.getHeaders());
    headers.put("Accept", "application/json");
    Response response = calls.get(call.action, call.uri(), headers, call.secrets);
    AnswerBody body = AnswerBody.of(response);
    boolean refused = response.status() >= BAD_REQUEST;
    Optional<String> error =
        refused ? body.word().or(() -> BearerChallenge.error(response)) : Optional.empty();
    return requireSuccess(call, response, body, error);
  }

  private AnswerBody requireSuccess(
      Call call, Response response, AnswerBody body, Optional<String> statedElsewhere) {
    Optional<String> error =
        body.text("error").or(() -> body.text("errorCode")).or(() -> statedElsewhere);
    if (error.isPresent() && isRefusal(response.status())) {
      throw refusal(call, response, error.get(), body);
    }
    if (response.status() / 100 != 2) {
      throw noUsableAnswer(call, response, body);
    }
    return body;
  }

  /**
   * Tells whether a status that comes with an OAuth error means a refusal: the request was not
   * carried out. Of the server errors only 503 says so.
   */
  private static boolean isRefusal(int status) {
    return status < FIRST_SERVER_ERROR || status == UNAVAILABLE;
  }

  private static Map<String, String> headers(OAuthRequest request) {
    Map<String, String> headers = new LinkedHashMap<>(request.getHeaders());
    headers.put("Content-Type", FORM);
    headers.put("Accept", "application/json");
    return headers;
  }

  private static byte[] body(OAuthRequest request) {
    return request.getBodyParams().asFormUrlEncodedString().getBytes(StandardCharsets.UTF_8);
  }

  private OAuthException refusal(Call call, Response response, String error, AnswerBody body) {
    int status = response.status();
    String code = Text.redacted(error, call.secrets);
    OAuthException.Builder exception =
        OAuthException.builder(code).httpStatus(status).context(call.context());
    Optional<String> description =
        body.text("error_description")
            .or(() -> body.text("message"))
            .map(text -> Text.redacted(text, call.secrets));
    description.ifPresent(exception::description);
    RetryAfter.of(response).ifPresent(exception::retryAfter);
    return explanation.apply(
        RfcErrors.explainAnswer(exception, code, description.orElse(""), status).build());
  }

  private static AmpersandException noUsableAnswer(Call call, Response response, AnswerBody body) {
    int status = response.status();
    String seen = body.flaw().isEmpty() ? "JSON or a form, but no OAuth answer" : body.flaw();
    if (status >= FIRST_SERVER_ERROR || status == REQUEST_TIMEOUT) {
      String problem =
          "The %s met a server in trouble, which sent %s. Whether the request was carried out is not known; try later.";
      return new TransportException(
          call.message(problem.formatted(call.action, seen), status),
          call.repeatable,
          true,
          null,
          RetryAfter.of(response).orElse(null));
    }
    if (status == TOO_MANY_REQUESTS) {
      String problem = "The %s was turned away: too many requests. Wait before the next one.";
      return new TransportException(
          call.message(problem.formatted(call.action), status),
          true,
          false,
          null,
          RetryAfter.of(response).orElse(null));
    }
    String problem =
        status / 100 == 3
            ? "The %s was answered with a redirect%s, which is not followed, since it would carry secrets to another host."
                .formatted(call.action, target(call, response))
            : "The %s was answered with %s, not with an OAuth error.".formatted(call.action, seen);
    return new ProtocolException(
        call.message(problem + " Check that the host is the provider's.", status), false);
  }

  private static String target(Call call, Response response) {
    return response
        .header("Location")
        .map(location -> " to host " + Text.redacted(hostOf(location), call.secrets))
        .orElse("");
  }

  private static String hostOf(String location) {
    try {
      return String.valueOf(URI.create(location).getHost());
    } catch (IllegalArgumentException e) {
      return "unreadable";
    }
  }

  /** One call, as its messages name it, and the secrets that they must not show. */
  static final class Call {
    private final String action;
    private final String subject;
    private final OAuthRequest request;
    private final List<Secret> secrets = new ArrayList<>();
    private boolean repeatable;

    /**
     * Describes a call that must not be sent twice.
     *
     * @param subject client and fingerprint of what is traded
     */
    Call(String action, String subject, OAuthRequest request) {
      this.action = action;
      this.subject = subject;
      this.request = request;
      String authorization = request.getHeaders().get("Authorization");
      if (authorization != null) {
        hiding(Secret.of(authorization.substring(authorization.indexOf(' ') + 1)));
      }
    }

    /** Adds a secret that the provider may send back. */
    Call hiding(Secret secret) {
      secrets.add(secret);
      return this;
    }

    /** Says that sending it twice does no harm. */
    Call repeatable() {
      repeatable = true;
      return this;
    }

    private URI uri() {
      return URI.create(request.getUrl());
    }

    private String context() {
      return action + ", host " + Endpoints.shown(uri()) + ", " + subject;
    }

    /** Returns a problem with the facts that a support ticket needs behind it. */
    private String message(String problem, int status) {
      return "%s [%s, status %d]".formatted(problem, context(), status);
    }

    /** Returns the error of a successful answer that tells nothing, to a call that only asks. */
    ProtocolException untold(String seen) {
      String problem = "The %s was answered with success, but with %s. [%s]";
      return new ProtocolException(problem.formatted(action, seen, context()), false);
    }

    /** Returns the error of a successful answer that lacks what a success has to have. */
    ProtocolException unusable(String seen) {
      String problem =
          "The %s was answered with success, but with %s. Whether the request was carried out is not known. [%s]";
      return new ProtocolException(problem.formatted(action, seen, context()), true);
    }
  }
}
