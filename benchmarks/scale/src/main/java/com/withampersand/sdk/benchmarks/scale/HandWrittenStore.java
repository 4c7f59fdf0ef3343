package com.withampersand.sdk.benchmarks.scale;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.withampersand.sdk.benchmarks.Fixture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import javax.sql.DataSource;

/** The floor of M7: the same statements over a table of its own, sealed with AES-GCM. */
final class HandWrittenStore {
  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;

  private final SecureRandom random = new SecureRandom();
  private final JsonFactory json = new JsonFactory();
  private final SecretKeySpec key = new SecretKeySpec(new byte[32], "AES");
  private final DataSource pool;

  HandWrittenStore(DataSource pool) {
    this.pool = pool;
  }

  void create() {
    statement(
        "CREATE TABLE floor_grant (LIKE ampersand_grant INCLUDING DEFAULTS INCLUDING INDEXES)");
  }

  /** Returns the access token of a user. */
  String find(String id) {
    return row(id).getOrDefault("access_token", "");
  }

  private Map<String, String> row(String id) {
    try (Connection connection = pool.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT grant_id, provider, group_ref, consumer_ref, rev, version, consent_id,"
                    + " state, client, tokens_at, state_at, sent_at, look_at, lease_no,"
                    + " lease_holder, lease_until, leases, sealed"
                    + " FROM floor_grant WHERE grant_id = ?")) {
      statement.setString(1, id);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? open(id, rows.getString("sealed")) : Map.of();
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Looks, and inserts. */
  void insert(String id, String consumer) {
    row(id);
    int rows =
        statement(
            "INSERT INTO floor_grant (grant_id, provider, group_ref, consumer_ref, rev, version,"
                + " state, client, tokens_at, state_at, sent_at, look_at, leases, sealed)"
                + " VALUES (?, 'salesforce', 'customer', ?, ?, '1', 'ACTIVE', 'client',"
                + " 0, 0, 0, 1, 0, ?)",
            id,
            consumer,
            UUID.randomUUID().toString(),
            seal(id));
    requireOne(rows);
  }

  /** Looks, and writes. */
  void update(String id) {
    row(id);
    put(id);
  }

  /** Looks, takes the lease, and writes. */
  void refresh(String id) {
    row(id);
    requireOne(
        statement(
            "UPDATE floor_grant SET lease_no = 1, lease_holder = ?, lease_until = 1, rev = ?"
                + " WHERE grant_id = ?",
            "holder",
            UUID.randomUUID().toString(),
            id));
    put(id);
  }

  private void put(String id) {
    requireOne(
        statement(
            "UPDATE floor_grant SET rev = ?, version = '2', state = 'ACTIVE', tokens_at = 2,"
                + " state_at = 2, look_at = 2, lease_no = NULL, lease_holder = NULL,"
                + " lease_until = NULL, sealed = ? WHERE grant_id = ?",
            UUID.randomUUID().toString(),
            seal(id),
            id));
  }

  private static void requireOne(int rows) {
    if (rows != 1) {
      throw new IllegalStateException(rows + " rows");
    }
  }

  private int statement(String sql, String... values) {
    try (Connection connection = pool.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setString(i + 1, values[i]);
      }
      return statement.executeUpdate();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private String seal(String id) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
    try (JsonGenerator generator = json.createGenerator(out)) {
      generator.writeStartObject();
      generator.writeStringField("access_token", Fixture.ACCESS_TOKEN + UUID.randomUUID());
      generator.writeStringField("refresh_token", Fixture.REFRESH_TOKEN + UUID.randomUUID());
      generator.writeStringField("client", Fixture.CLIENT_ID);
      generator.writeStringField("instance_url", "https://acme.my.salesforce.com");
      generator.writeNumberField("expires_at", Fixture.later().toEpochMilli());
      generator.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    byte[] sealed = crypt(Cipher.ENCRYPT_MODE, id, nonce, out.toByteArray());
    return Base64.getEncoder()
        .encodeToString(ByteBuffer.allocate(NONCE + sealed.length).put(nonce).put(sealed).array());
  }

  private Map<String, String> open(String id, String sealed) {
    ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(sealed));
    byte[] nonce = new byte[NONCE];
    bytes.get(nonce);
    byte[] rest = new byte[bytes.remaining()];
    bytes.get(rest);
    Map<String, String> members = new HashMap<>();
    try (JsonParser parser = json.createParser(crypt(Cipher.DECRYPT_MODE, id, nonce, rest))) {
      parser.nextToken();
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        parser.nextToken();
        members.put(name, parser.getText());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return members;
  }

  private byte[] crypt(int mode, String id, byte[] nonce, byte[] text) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
      cipher.updateAAD(id.getBytes(StandardCharsets.UTF_8));
      return cipher.doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
