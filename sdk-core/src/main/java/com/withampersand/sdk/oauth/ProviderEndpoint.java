package com.withampersand.sdk.oauth;

import com.github.scribejava.core.model.OAuthRequest;
import com.github.scribejava.core.model.Parameter;
import com.github.scribejava.core.model.ParameterList;
import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.http.HttpTransport.Response;
import com.withampersand.sdk.internal.HttpCalls;
import com.withampersand.sdk.internal.Percent;
import com.withampersand.sdk.internal.Text;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** An endpoint of the provider: sends requests, and tells success, refusal and all else apart. */
final class ProviderEndpoint {
  private static final String JSON = "application/json";
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String UNKNOWN = " Whether the request was carried out is not known.";
  private static final int FORM_LENGTH = 512;
  private static final int BAD_REQUEST = 400;
  private static final int REQUEST_TIMEOUT = 408;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int FIRST_SERVER_ERROR = 500;
  private static final int UNAVAILABLE = 503;

  private final URI uri;
  private final ClientAuthentication authentication;
  private final HttpCalls http;
  private final UnaryOperator<OAuthException> explanation;

  /**
   * Names an endpoint.
   *
   * @param explanation what the provider's own knowledge makes of a refusal
   */
  ProviderEndpoint(
      URI uri,
      ClientAuthentication authentication,
      HttpCalls http,
      UnaryOperator<OAuthException> explanation) {
    this.uri = uri;
    this.authentication = authentication;
    this.http = http;
    this.explanation = explanation;
  }

  URI uri() {
    return uri;
  }

  ClientAuthentication authentication() {
    return authentication;
  }

  /** Sends a request and returns the body of the answer, which is a success but may be anything. */
  AnswerBody post(TokenRequest request) {
    OAuthRequest form = request.at(uri, authentication);
    Map<String, String> headers = new LinkedHashMap<>(form.getHeaders());
    headers.put("Content-Type", FORM);
    headers.put("Accept", JSON);
    byte[] body = encoded(form.getBodyParams()).getBytes(StandardCharsets.US_ASCII);
    Response response =
        http.post(request.action(), request.isRepeatable(), uri, headers, body, request.secrets());
    return requireSuccess(request, response, AnswerBody.of(response), Optional.empty());
  }

  /** ScribeJava's own encoder compiles patterns for each name and each value. */
  private static String encoded(ParameterList parameters) {
    StringBuilder form = new StringBuilder(FORM_LENGTH);
    for (Parameter parameter : parameters.getParams()) {
      form.append(form.isEmpty() ? "" : "&");
      Percent.encode(parameter.getKey(), form);
      form.append('=');
      Percent.encode(parameter.getValue(), form);
    }
    return form.toString();
  }

  /**
   * Sends a request without a body, by GET, and returns the body of the answer as {@link #post}
   * does. What is asked this way may refuse with a single word, or in {@code WWW-Authenticate}
   * only.
   */
  AnswerBody get(TokenRequest request) {
    OAuthRequest form = request.at(uri, authentication);
    Map<String, String> headers = new LinkedHashMap<>(form.getHeaders());
    headers.put("Accept", JSON);
    Response response = http.get(request.action(), uri, headers, request.secrets());
    AnswerBody body = AnswerBody.of(response);
    boolean refused = response.status() >= BAD_REQUEST;
    Optional<String> error =
        refused ? body.word().or(() -> BearerChallenge.error(response)) : Optional.empty();
    return requireSuccess(request, response, body, error);
  }

  private AnswerBody requireSuccess(
      TokenRequest request, Response response, AnswerBody body, Optional<String> statedElsewhere) {
    Optional<String> error =
        body.text("error").or(() -> body.text("errorCode")).or(() -> statedElsewhere);
    if (error.isPresent() && isRefusal(response.status())) {
      throw refusal(request, response, error.get(), body);
    }
    if (response.status() / 100 != 2) {
      throw noUsableAnswer(request, response, body);
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

  private OAuthException refusal(
      TokenRequest request, Response response, String error, AnswerBody body) {
    int status = response.status();
    String code = Text.redacted(error, request.secrets());
    OAuthException.Builder exception =
        OAuthException.builder(code).httpStatus(status).context(request.context(uri));
    Optional<String> description =
        body.text("error_description")
            .or(() -> body.text("message"))
            .map(text -> Text.redacted(text, request.secrets()));
    description.ifPresent(exception::description);
    RetryAfter.of(response).ifPresent(exception::retryAfter);
    return explanation.apply(
        RfcErrors.explainAnswer(exception, code, description.orElse(""), status).build());
  }

  private AmpersandException noUsableAnswer(
      TokenRequest request, Response response, AnswerBody body) {
    int status = response.status();
    String seen = body.flaw().isEmpty() ? "JSON or a form, but no OAuth answer" : body.flaw();
    if (status >= FIRST_SERVER_ERROR || status == REQUEST_TIMEOUT) {
      String problem =
          "The %s met a server in trouble, which sent %s. Whether the request was carried out is not known; try later.";
      return new TransportException(
          message(request, problem.formatted(request.action(), seen), status),
          request.isRepeatable(),
          true,
          null,
          RetryAfter.of(response).orElse(null));
    }
    if (status == TOO_MANY_REQUESTS) {
      String problem = "The %s was turned away: too many requests. Wait before the next one.";
      return new TransportException(
          message(request, problem.formatted(request.action()), status),
          true,
          false,
          null,
          RetryAfter.of(response).orElse(null));
    }
    String problem =
        status / 100 == 3
            ? "The %s was answered with a redirect%s, which is not followed, since it would carry secrets to another host."
                .formatted(request.action(), target(request, response))
            : "The %s was answered with %s, not with an OAuth error."
                .formatted(request.action(), seen);
    return new ProtocolException(
        message(request, problem + " Check that the host is the provider's.", status), false);
  }

  /** Returns the error of a success that lacks what a success must have. */
  ProtocolException unexpectedResponse(TokenRequest request, String seen, boolean outcomeUnknown) {
    return new ProtocolException(
        "The %s was answered with success, but with %s.%s [%s]"
            .formatted(request.action(), seen, outcomeUnknown ? UNKNOWN : "", request.context(uri)),
        outcomeUnknown);
  }

  private String message(TokenRequest request, String problem, int status) {
    return "%s [%s, status %d]".formatted(problem, request.context(uri), status);
  }

  private static String target(TokenRequest request, Response response) {
    return response
        .header("Location")
        .map(location -> " to host " + Text.redacted(hostOf(location), request.secrets()))
        .orElse("");
  }

  private static String hostOf(String location) {
    try {
      return String.valueOf(URI.create(location).getHost());
    } catch (IllegalArgumentException e) {
      return "unreadable";
    }
  }
}
