package com.withampersand.sdk.token.redis;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.Row.LeaseChange.Hold;
import com.withampersand.sdk.token.Row.LeaseChange.Keep;
import com.withampersand.sdk.token.RowFilter;
import com.withampersand.sdk.token.StoreTime;
import com.withampersand.sdk.token.TokenStore;
import com.withampersand.sdk.token.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPool;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Keeps grants in Redis, as an example of an own store: a hash for each row, and two sorted sets by
 * which rows are found. Each operation is one script, which Redis runs alone.
 */
final class RedisTokenStore implements TokenStore {
  private static final int BATCH = 100;

  // region script
  /** KEYS: row, ids, due. ARGV: id, expected and next revision, lookIn, sentAgo, lease, fields. */
  private static final String WRITE =
      """
      local row, all, due = KEYS[1], KEYS[2], KEYS[3]
      local id, expected, next, lookIn, sentAgo = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
      local stamps, lease, length = ARGV[6], ARGV[7], ARGV[8]
      if (redis.call('HGET', row, 'rev') or '') ~= expected then return 0 end
      if expected ~= '' then redis.call('ZREM', due, redis.call('HGET', row, 'look') .. id) end
      if next == '' then
        redis.call('DEL', row)
        redis.call('ZREM', all, id)
        return 1
      end
      local time = redis.call('TIME')
      local now = time[1] * 1000 + math.floor(time[2] / 1000)
      local function at(millis) return string.format('%019.0f', math.max(0, millis)) end
      for _, name in ipairs({'TOKENS', 'STATE', 'SENT'}) do
        if string.find(stamps, name) then
          redis.call('HSET', row, name, at(name == 'SENT' and now - sentAgo or now))
        else
          redis.call('HSETNX', row, name, at(now))
        end
      end
      redis.call('HDEL', row, 'consent', 'client', 'sealed')
      if lease ~= 'KEEP' then redis.call('HDEL', row, 'number', 'holder', 'until') end
      if lease == 'HOLD' then redis.call('HSET', row, 'until', at(now + length)) end
      redis.call('HSET', row, 'rev', next, 'look', at(now + lookIn), unpack(ARGV, 9))
      redis.call('ZADD', all, 0, id)
      redis.call('ZADD', due, 0, at(now + lookIn) .. id)
      return 1
      """;

  // endregion

  /** KEYS: set. ARGV: prefix of rows, first and last member, limit. Returns the time, then rows. */
  private static final String PAGE =
      """
      local time = redis.call('TIME')
      local now = string.format('%019.0f', time[1] * 1000 + math.floor(time[2] / 1000))
      local last = ARGV[3] == 'NOW' and '[' .. now .. 'g' or ARGV[3]
      local page = {now}
      for _, id in ipairs(redis.call('ZRANGEBYLEX', KEYS[1], ARGV[2], last, 'LIMIT', 0, ARGV[4])) do
        table.insert(page, redis.call('HGETALL', ARGV[1] .. string.sub(id, -64)))
      end
      return page
      """;

  private static final String READ = "return {redis.call('TIME'), redis.call('HGETALL', KEYS[1])}";

  private final JedisPool pool;
  private final String prefix;

  RedisTokenStore(JedisPool pool, String prefix) {
    this.pool = pool;
    this.prefix = prefix;
  }

  @Override
  public Row read(ConnectionKey key) {
    List<?> answer = (List<?>) run(READ, List.of(prefix + key.id()), List.of(), false);
    List<?> time = (List<?>) answer.get(0);
    long now =
        Long.parseLong((String) time.get(0)) * 1000 + Long.parseLong((String) time.get(1)) / 1000;
    List<?> fields = (List<?>) answer.get(1);
    return fields.isEmpty() ? Row.absent(key, new StoreTime(now)) : row(fields, new StoreTime(now));
  }

  // region write
  @Override
  public boolean write(ConnectionKey key, Row.Revision expected, Row.Change next) {
    List<String> arguments =
        new ArrayList<>(List.of(key.id(), expected.text(), next.revision().text()));
    arguments.addAll(List.of(millis(next.lookIn()), millis(next.sentAgo())));
    arguments.add(next.stamps().stream().map(Enum::name).collect(Collectors.joining(" ")));
    if (next.lease() instanceof Hold hold) {
      arguments.addAll(List.of("HOLD", millis(hold.length())));
      arguments.addAll(List.of("number", String.valueOf(hold.number()), "holder", hold.holder()));
    } else {
      arguments.addAll(List.of(next.lease() instanceof Keep ? "KEEP" : "CLEAR", ""));
    }
    arguments.addAll(List.of("provider", key.provider(), "group", key.groupRef()));
    arguments.addAll(List.of("consumer", key.consumerRef(), "state", next.state()));
    arguments.addAll(List.of("version", next.version().toString()));
    arguments.addAll(List.of("leases", String.valueOf(next.leases())));
    addIfThere("consent", next.consent(), arguments);
    addIfThere("client", next.client(), arguments);
    addIfThere("sealed", next.sealed(), arguments);
    List<String> keys = List.of(prefix + key.id(), prefix + "all", prefix + "due");
    return run(WRITE, keys, arguments, true).equals(1L);
  }

  // endregion

  private static String millis(Duration length) {
    return String.valueOf(length.toMillis());
  }

  private static void addIfThere(String field, @Nullable String value, List<String> arguments) {
    if (value != null) {
      arguments.addAll(List.of(field, value));
    }
  }

  @Override
  public List<Row> rows(RowFilter filter, @Nullable ConnectionKey after, int limit) {
    requireLimit(limit);
    List<Row> found = new ArrayList<>();
    String from = after == null ? "-" : "(" + after.id();
    List<Row> batch;
    do {
      batch = page("all", from, "+", BATCH);
      batch.stream().filter(filter::fits).limit(limit - found.size()).forEach(found::add);
      from = batch.isEmpty() ? from : "(" + batch.get(batch.size() - 1).key().id();
    } while (batch.size() == BATCH && found.size() < limit);
    return found;
  }

  @Override
  public List<Row> due(Row.@Nullable Cursor after, int limit) {
    requireLimit(limit);
    String from = after == null ? "-" : "(%019d%s".formatted(after.lookAt().millis(), after.id());
    return page("due", from, "NOW", limit);
  }

  private List<Row> page(String set, String first, String last, int limit) {
    List<String> arguments = List.of(prefix, first, last, String.valueOf(limit));
    List<?> answer = (List<?>) run(PAGE, List.of(prefix + set), arguments, false);
    StoreTime now = new StoreTime(Long.parseLong((String) answer.get(0)));
    return answer.stream().skip(1).map(fields -> row((List<?>) fields, now)).toList();
  }

  // region run
  private Object run(String script, List<String> keys, List<String> arguments, boolean writes) {
    try (Jedis redis = pool.getResource()) {
      return redis.eval(script, keys, arguments);
    } catch (JedisException e) {
      throw new TokenStoreException("Redis failed: try again.", true, writes, e);
    }
  }

  // endregion

  private static Row row(List<?> fields, StoreTime now) {
    Map<String, String> row = new HashMap<>();
    for (int i = 0; i < fields.size(); i += 2) {
      row.put((String) fields.get(i), (String) fields.get(i + 1));
    }
    String holder = row.get("holder");
    return new Row(
        new ConnectionKey(text(row, "provider"), text(row, "group"), text(row, "consumer")),
        new Row.Revision(text(row, "rev")),
        Version.parse(text(row, "version")),
        row.get("consent"),
        text(row, "state"),
        row.get("client"),
        holder == null ? null : new Row.Lease(number(row, "number"), holder, time(row, "until")),
        number(row, "leases"),
        time(row, "TOKENS"),
        time(row, "STATE"),
        time(row, "SENT"),
        time(row, "look"),
        now,
        row.get("sealed"));
  }

  private static String text(Map<String, String> row, String field) {
    return Objects.requireNonNull(row.get(field), field);
  }

  private static long number(Map<String, String> row, String field) {
    return Long.parseLong(text(row, field));
  }

  private static StoreTime time(Map<String, String> row, String field) {
    return new StoreTime(number(row, field));
  }

  private static void requireLimit(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("a page holds at least one row, not " + limit);
    }
  }
}
