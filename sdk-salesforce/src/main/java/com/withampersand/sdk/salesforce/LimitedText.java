package com.withampersand.sdk.salesforce;

import java.io.IOException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/** Reads a body as text, and fails if it is longer than it may be. */
final class LimitedText implements BodyHandler<String> {
  private final long mostBytes;

  LimitedText(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  @Override
  public BodySubscriber<String> apply(ResponseInfo info) {
    return new Limited(BodyHandlers.ofString().apply(info));
  }

  private final class Limited implements BodySubscriber<String> {
    private final BodySubscriber<String> text;
    private long left = mostBytes;
    private @Nullable Subscription subscription;

    Limited(BodySubscriber<String> text) {
      this.text = text;
    }

    @Override
    public CompletionStage<String> getBody() {
      return text.getBody();
    }

    @Override
    public void onSubscribe(Subscription bytes) {
      subscription = bytes;
      text.onSubscribe(bytes);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      if (left < 0) {
        return;
      }
      left -= buffers.stream().mapToLong(ByteBuffer::remaining).sum();
      if (left >= 0) {
        text.onNext(buffers);
        return;
      }
      if (subscription != null) {
        subscription.cancel();
      }
      text.onError(
          new IOException(
              "the response is longer than "
                  + mostBytes
                  + " bytes; raise maxResponseBytes, or read it with your own BodyHandler"));
    }

    @Override
    public void onError(Throwable error) {
      text.onError(error);
    }

    @Override
    public void onComplete() {
      if (left >= 0) {
        text.onComplete();
      }
    }
  }
}
