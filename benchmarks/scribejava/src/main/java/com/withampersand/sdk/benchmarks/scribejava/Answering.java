package com.withampersand.sdk.benchmarks.scribejava;

import com.github.scribejava.core.httpclient.HttpClient;
import com.github.scribejava.core.httpclient.multipart.MultipartPayload;
import com.github.scribejava.core.model.OAuthAsyncRequestCallback;
import com.github.scribejava.core.model.OAuthRequest;
import com.github.scribejava.core.model.Response;
import com.github.scribejava.core.model.Verb;
import com.withampersand.sdk.benchmarks.Fixture;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.util.Map;
import java.util.concurrent.Future;

/** An HTTP client that has the answer. */
final class Answering implements HttpClient {
  private final byte[] answer = Fixture.answer();

  @Override
  public Response execute(
      String userAgent, Map<String, String> headers, Verb verb, String url, byte[] body) {
    return new Response(
        200, "OK", Map.of("Content-Type", "application/json"), new ByteArrayInputStream(answer));
  }

  @Override
  public Response execute(
      String userAgent, Map<String, String> headers, Verb verb, String url, String body) {
    return execute(userAgent, headers, verb, url, new byte[0]);
  }

  @Override
  public Response execute(
      String userAgent, Map<String, String> headers, Verb verb, String url, File body) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Response execute(
      String userAgent, Map<String, String> headers, Verb verb, String url, MultipartPayload body) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> Future<T> executeAsync(
      String userAgent,
      Map<String, String> headers,
      Verb verb,
      String url,
      byte[] body,
      OAuthAsyncRequestCallback<T> callback,
      OAuthRequest.ResponseConverter<T> converter) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> Future<T> executeAsync(
      String userAgent,
      Map<String, String> headers,
      Verb verb,
      String url,
      MultipartPayload body,
      OAuthAsyncRequestCallback<T> callback,
      OAuthRequest.ResponseConverter<T> converter) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> Future<T> executeAsync(
      String userAgent,
      Map<String, String> headers,
      Verb verb,
      String url,
      String body,
      OAuthAsyncRequestCallback<T> callback,
      OAuthRequest.ResponseConverter<T> converter) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> Future<T> executeAsync(
      String userAgent,
      Map<String, String> headers,
      Verb verb,
      String url,
      File body,
      OAuthAsyncRequestCallback<T> callback,
      OAuthRequest.ResponseConverter<T> converter) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
