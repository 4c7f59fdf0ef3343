package com.withampersand.sdk.benchmarks.spring;

import com.withampersand.sdk.benchmarks.Fixture;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.client.AbstractClientHttpRequest;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpResponse;

/** Requests that have their answer. */
final class Answering implements ClientHttpRequestFactory {
  private final byte[] answer = Fixture.answer();

  @Override
  public ClientHttpRequest createRequest(URI uri, HttpMethod method) {
    return new Request(uri, method, answer);
  }

  private static final class Request extends AbstractClientHttpRequest {
    private final URI uri;
    private final HttpMethod method;
    private final byte[] answer;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream(1024);

    private Request(URI uri, HttpMethod method, byte[] answer) {
      this.uri = uri;
      this.method = method;
      this.answer = answer;
    }

    @Override
    public HttpMethod getMethod() {
      return method;
    }

    @Override
    public URI getURI() {
      return uri;
    }

    @Override
    protected OutputStream getBodyInternal(HttpHeaders headers) {
      return body;
    }

    @Override
    protected ClientHttpResponse executeInternal(HttpHeaders headers) {
      return new Answer(answer);
    }
  }

  /** An answer that is there. */
  static final class Answer implements ClientHttpResponse {
    private final byte[] body;

    Answer(byte[] body) {
      this.body = body;
    }

    @Override
    public HttpStatusCode getStatusCode() {
      return HttpStatus.OK;
    }

    @Override
    public String getStatusText() {
      return "OK";
    }

    @Override
    public HttpHeaders getHeaders() {
      HttpHeaders headers = new HttpHeaders();
      headers.setContentType(MediaType.APPLICATION_JSON);
      headers.setContentLength(body.length);
      return headers;
    }

    @Override
    public InputStream getBody() {
      return new ByteArrayInputStream(body);
    }

    @Override
    public void close() {}
  }
}
