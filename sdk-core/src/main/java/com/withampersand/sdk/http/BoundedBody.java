package com.withampersand.sdk.http;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.Future;

/**
 * Collects the body of an answer, and closes the connection if the body is longer or takes longer
 * than it may. A body that is too long ends one byte behind the limit, so that its reader can tell.
 */
final class BoundedBody implements BodySubscriber<byte[]> {
  private final int most;
  private final Duration time;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final CompletableFuture<byte[]> body = new CompletableFuture<>();

  BoundedBody(int most, Duration time) {
    this.most = most;
    this.time = time;
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    getBody()
        .whenComplete(
            (whole, error) -> {
              if (error != null || whole.length > most) {
                subscription.cancel();
              }
            });
    subscription.request(Long.MAX_VALUE);
    if (!body.isDone()) {
      Future<?> deadline = Watchdog.SHARED.after(time, this::giveUp);
      getBody().whenComplete((whole, error) -> deadline.cancel(false));
    }
  }

  private void giveUp() {
    body.completeExceptionally(new HttpTimeoutException("the body did not end in time"));
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      long room = most + 1L - bytes.size();
      byte[] chunk = new byte[(int) Math.min(buffer.remaining(), room)];
      buffer.get(chunk);
      bytes.writeBytes(chunk);
    }
    if (bytes.size() > most) {
      onComplete();
    }
  }

  @Override
  public void onError(Throwable error) {
    body.completeExceptionally(error);
  }

  @Override
  public void onComplete() {
    body.complete(bytes.toByteArray());
  }
}
