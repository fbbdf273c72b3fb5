package org.jetfanout.it.flat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * When tasks began and ended on hosts, as the tasks themselves note it: {@code {{ note }} {{ host
 * }} PLAY TASK} is the command of each. The program waits and fails as it is told.
 */
final class Notes {
    /** What a task runs. */
    static final String PROGRAM =
            """
            #!/bin/sh
            # FILE HOST PLAY TASK
            wait=0 code=0
            while read -r host task seconds exit; do
            	case "$2 $4" in "$host $task") wait=$seconds code=$exit ;; esac
            done <"$1.told"
            note() { echo "$1 $2 $3 $4 $(date +%s%N)" >>"$5"; }
            note begin "$2" "$3" "$4" "$1"
            sleep "$wait"
            note end "$2" "$3" "$4" "$1"
            exit "$code"
            """;

    private final Path file;

    /**
     * @param file to be made; every account may write into it
     * @param told lines {@code HOST TASK SECONDS EXIT}
     */
    Notes(Path file, List<String> told) throws IOException {
        this.file = file;
        Files.write(Path.of(file + ".told"), told);
        Files.createFile(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    }

    Path file() {
        return file;
    }

    /** The tasks that ran: {@code HOST PLAY TASK}, one that ran twice comes twice. */
    List<String> ran() throws IOException {
        List<String> ran = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            String[] words = line.split(" ", -1);
            if (words[0].equals("end")) {
                ran.add(words[1] + " " + words[2] + " " + words[3]);
            }
        }
        ran.sort(null);
        return ran;
    }

    /** No host began a play before all hosts had ended the plays before it. */
    void playsAreInOrder() throws IOException {
        Map<Integer, String> begins = new TreeMap<>();
        Map<Integer, String> ends = new TreeMap<>();
        for (String line : Files.readAllLines(file)) {
            String[] words = line.split(" ", -1);
            int play = Integer.parseInt(words[2]);
            String stamp = words[4] + ": " + words[1] + " " + words[3];
            if (words[0].equals("begin")) {
                begins.merge(play, stamp, (one, other) -> one.compareTo(other) < 0 ? one : other);
            } else {
                ends.merge(play, stamp, (one, other) -> one.compareTo(other) > 0 ? one : other);
            }
        }
        String ended = "";
        for (Map.Entry<Integer, String> play : begins.entrySet()) {
            assertThat(play.getValue())
                    .as("play %d begins after the plays before it have ended", play.getKey())
                    .isGreaterThan(ended);
            String end = ends.getOrDefault(play.getKey(), "");
            ended = end.compareTo(ended) > 0 ? end : ended;
        }
    }
}
