package org.jetfanout.service.stream;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jetfanout.service.views.RunHead;
import org.jetfanout.service.views.ViewJson;
import org.jetfanout.service.views.Views;

/** All who watch the list of runs: they hear which runs have changed. Thread-safe. */
final class RunsWatch {
    private static final int MOST = 100;

    private final Views views;
    private final Map<EventChannel, Optional<Set<String>>> channels = new ConcurrentHashMap<>();

    // Mutable state, under the lock of this object
    private Map<String, RunHead> known = new HashMap<>();

    RunsWatch(Views views) {
        this.views = views;
    }

    /**
     * Adds a watcher.
     *
     * @param templates whose runs it may see; empty for all
     */
    void add(EventChannel channel, Optional<Set<String>> templates) {
        synchronized (this) {
            if (channels.isEmpty()) {
                known = heads();
            }
            channels.put(channel, templates);
        }
        channel.begin(() -> {}, () -> channels.remove(channel));
        channel.write(event(List.of()));
    }

    private Map<String, RunHead> heads() {
        Map<String, RunHead> heads = new HashMap<>();
        views.heads().forEach(head -> heads.put(head.guid(), head));
        return heads;
    }

    /** Tells what has changed. */
    void tick() {
        if (channels.isEmpty()) {
            return;
        }
        List<RunHead> changed = new ArrayList<>();
        synchronized (this) {
            Map<String, RunHead> now = heads();
            Set<String> guids = new HashSet<>(now.keySet());
            guids.addAll(known.keySet());
            for (String guid : guids) {
                RunHead head = now.get(guid);
                if (head == null) {
                    changed.add(known.get(guid));
                } else if (!head.equals(known.get(guid))) {
                    changed.add(head);
                }
            }
            known = now;
        }
        if (!changed.isEmpty()) {
            Buffer all = event(changed);
            channels.forEach((channel, templates) -> tell(channel, templates, changed, all));
        }
    }

    private static void tell(
            EventChannel channel,
            Optional<Set<String>> templates,
            List<RunHead> changed,
            Buffer all) {
        if (channel.isFull()) {
            return;
        }
        if (templates.isEmpty()) {
            channel.write(all);
            return;
        }
        List<RunHead> some =
                changed.stream().filter(run -> templates.get().contains(run.template())).toList();
        if (!some.isEmpty()) {
            channel.write(event(some));
        }
    }

    private static Buffer event(List<RunHead> changed) {
        List<String> guids = changed.stream().map(RunHead::guid).limit(MOST).toList();
        return EventChannel.event("runs", "", ViewJson.bytes(Map.of("changed", guids)));
    }

    void beat(Duration longest) {
        channels.keySet().forEach(channel -> channel.beat(longest));
    }

    void close() {
        channels.keySet().forEach(EventChannel::end);
    }
}
