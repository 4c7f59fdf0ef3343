package com.withampersand.sdk.token.redis;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.TokenCanary;
import com.withampersand.sdk.contract.TokenStoreContract;
import com.withampersand.sdk.token.TokenStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPool;
import redis.clients.jedis.JedisPoolConfig;
import redis.embedded.RedisServer;

/** A real Redis: what is tested is that a store of some lines can do what the contract says. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisTokenStoreTest implements TokenStoreContract {
  private final int port = freePort();
  private final RedisServer server = server(port);
  private final JedisPool pool = pool(port);
  private String prefix = "";

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static RedisServer server(int port) {
    try {
      return RedisServer.newRedisServer()
          .port(port)
          .bind("127.0.0.1")
          .setting("maxmemory-policy noeviction")
          .setting("save \"\"")
          .build();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JedisPool pool(int port) {
    JedisPoolConfig config = new JedisPoolConfig();
    config.setMaxTotal(16);
    config.setMaxWait(java.time.Duration.ofSeconds(5));
    return new JedisPool(config, "127.0.0.1", port, 10_000);
  }

  @BeforeAll
  void start() throws IOException {
    server.start();
  }

  @AfterAll
  void stop() throws IOException {
    pool.close();
    server.stop();
  }

  // region contract
  @Override
  public TokenStore newStore() {
    prefix = "{" + UUID.randomUUID() + "}:";
    return new RedisTokenStore(pool, prefix);
  }

  @Override
  public TokenStore another(TokenStore store) {
    return new RedisTokenStore(pool, prefix);
  }

  // endregion

  @Test
  @Timeout(120)
  void r04_wholeLife_inRedis_showsNoToken() {
    TokenStore store = newStore();
    List<String> kept = new ArrayList<>();

    try (TokenCanary canary = new TokenCanary()) {
      canary.runOver(store);
      try (Jedis jedis = pool.getResource()) {
        for (String key : jedis.keys(prefix + "*")) {
          kept.add(key);
          if (jedis.type(key).equals("hash")) {
            kept.add(jedis.hgetAll(key).toString());
          }
        }
      }

      canary.assertNothingShown(kept);
    }
    assertThat(kept).isNotEmpty();
  }
}
