package org.jetfanout.site.playbook;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The words that runners know: the keys of plays, roles and tasks, the modules and their keys, and
 * the types of values. They are those of jetp and of its fork Jetpack; words that only one of them
 * knows are marked. More modules can be added. Immutable.
 */
public final class Vocabulary {
    /** The structures that are not modules. */
    static final String PLAY = "play";

    static final String ROLE = "role";

    /**
     * One line for each structure: its name, then its keys as {@code key:type}; without a type, the
     * value is a text. {@code !} after a key means that it is required, {@code +} that only Jetpack
     * knows it, {@code -} that only jetp knows it.
     */
    private static final String STRUCTURES =
            """
            play name! groups:texts! roles:roles defaults:variables vars:variables vars_files:texts sudo sudo_template ssh_user ssh_port:integer tasks:tasks handlers:tasks batch_size:size instantiate:provisioning+
            role name! defaults:variables dependencies:texts+ tasks:texts handlers:texts
            use-of-a-role role! vars:variables tags:texts
            with condition subscribe sudo items:items tags:texts delegate_to skip_if_exists+
            and notify ignore_errors retry delay
            attributes owner group mode
            """;

    /**
     * The modules in the same notation. Each of them also has {@code name}, {@code with} and {@code
     * and}.
     */
    private static final String MODULES =
            """
            apt package! version update upgrade+ remove
            assert msg true false all_true:texts all_false:texts some_true:texts
            command+ cmd! save failed_when changed_when unsafe
            copy src! dest! recursive:boolean+ attributes:attributes
            debug vars:texts
            directory path! remove recurse attributes:attributes
            dnf package! version update remove
            download+ url! dest! mode owner group force
            echo msg!
            external use! params:json! save failed_when changed_when
            facts facter ohai
            fail msg
            fetch+ src! dest
            file path! remove attributes:attributes
            git repo! path! branch ssh_options:pairs accept_keys update attributes:attributes
            github_release+ repo! channel version_filter save set
            group group! gid users:texts append system remove
            homebrew package! version update remove
            instantiate+ inventory_path! pattern! nodes:texts! provision:any! groups:texts vmid_start:any ip_template ip_start:any gateway state save
            move+ src! dest! mode owner group backup force
            pacman package! version update remove
            proxmox_lxc+ api_host! api_token_id! api_token_secret! node! vmid! hostname ostemplate storage memory cores rootfs_size net0 password unprivileged start_on_create state
            proxmox_migrate+ api_host! api_token_id! api_token_secret! source_node! target_node! vmid! guest_type! online restart timeout
            proxmox_node+ api_host! api_token_id! api_token_secret! node! save_to include_cluster include_vms include_lxc
            sd_service service! enabled started reload+ restart
            self_locate+ save! api_host api_token_id api_token_secret
            set vars:variables
            shell cmd! save failed_when changed_when unsafe- shell+
            stat path! save!
            template src! dest! attributes:attributes
            unpack+ src! dest! mode owner group
            user user! uid system gid groups:texts append create_home create_user_group gecos shell remove cleanup
            wait_for_host+ timeout delay
            wait_for_http+ url! timeout delay expected verify_tls:boolean
            wait_for_others+ mode
            yum package! version update remove
            zypper package! version update remove
            """;

    private static final String OF_EVERY_TASK = " name with:with and:and";

    /**
     * A key of a structure.
     *
     * @param type of its value: a kind of value, or the name of a structure
     * @param required whether the key must be there
     * @param only the one dialect that knows the key; empty where both do
     */
    record Key(String type, boolean required, Optional<Dialect> only) {}

    /**
     * The keys that a mapping may have.
     *
     * @param name for messages: {@code a play}, {@code !shell}
     * @param keys by name, in the order in which jetp names them
     * @param only the one dialect that knows the structure; empty where both do
     */
    record Structure(String name, Map<String, Key> keys, Optional<Dialect> only) {}

    private static final Map<String, Structure> PARTS = parts();
    private static final Map<String, Structure> KNOWN = modules();

    private final boolean open;
    private final Optional<Dialect> dialect;
    private final Set<String> more;

    private Vocabulary(boolean open, Optional<Dialect> dialect, Set<String> more) {
        this.open = open;
        this.dialect = dialect;
        this.more = Set.copyOf(more);
    }

    /** The words that jetp or Jetpack know, where nobody said which of them is the runner. */
    public static Vocabulary known() {
        return new Vocabulary(false, Optional.empty(), Set.of());
    }

    /** The words of one dialect. */
    public static Vocabulary of(Dialect dialect) {
        return new Vocabulary(false, Optional.of(dialect), Set.of());
    }

    /** Accepts every word, for a runner of which nothing is known. */
    public static Vocabulary any() {
        return new Vocabulary(true, Optional.empty(), Set.of());
    }

    /**
     * This vocabulary with modules that accept any key, even where their names are known already.
     */
    public Vocabulary with(Collection<String> modules) {
        Set<String> all = new HashSet<>(more);
        all.addAll(modules);
        return new Vocabulary(open, dialect, all);
    }

    /**
     * This vocabulary with modules that accept any key, except those whose names are known already.
     */
    public Vocabulary besides(Collection<String> modules) {
        Set<String> unknown = new HashSet<>(modules);
        unknown.removeAll(KNOWN.keySet());
        return with(unknown);
    }

    /** Whether every word is accepted. */
    boolean isOpen() {
        return open;
    }

    /** The dialect of the runner; empty where it is unknown. */
    Optional<Dialect> dialect() {
        return dialect;
    }

    /** Whether only the name of this module is known, so that it accepts any key. */
    boolean isNameOnly(String module) {
        return more.contains(module);
    }

    Optional<Structure> module(String name) {
        return Optional.ofNullable(KNOWN.get(name));
    }

    /** The names of all modules. */
    Set<String> moduleNames() {
        Set<String> names = new TreeSet<>(KNOWN.keySet());
        names.addAll(more);
        return names;
    }

    /** A structure that is not a module; empty where the type is a kind of value. */
    static Optional<Structure> part(String type) {
        return Optional.ofNullable(PARTS.get(type));
    }

    private static Map<String, Structure> parts() {
        Map<String, String> names =
                Map.of(
                        PLAY,
                        "a play",
                        ROLE,
                        "role.yml",
                        "use-of-a-role",
                        "an entry of roles",
                        "with",
                        "'with'",
                        "and",
                        "'and'",
                        "attributes",
                        "'attributes'");
        Map<String, Structure> parts = new HashMap<>();
        for (String line : STRUCTURES.lines().toList()) {
            List<String> words = List.of(line.split(" "));
            parts.put(words.get(0), structure(names.get(words.get(0)), words, Optional.empty()));
        }
        return parts;
    }

    private static Map<String, Structure> modules() {
        Map<String, Structure> modules = new TreeMap<>();
        for (String line : MODULES.lines().toList()) {
            List<String> words = List.of((line + OF_EVERY_TASK).split(" "));
            String name = words.get(0).replace("+", "");
            modules.put(name, structure("!" + name, words, only(words.get(0))));
        }
        return modules;
    }

    private static Optional<Dialect> only(String word) {
        return word.endsWith("+")
                ? Optional.of(Dialect.JETPACK)
                : word.endsWith("-") ? Optional.of(Dialect.JETP) : Optional.empty();
    }

    private static Structure structure(String name, List<String> words, Optional<Dialect> only) {
        Map<String, Key> keys = new LinkedHashMap<>();
        for (String word : words.subList(1, words.size())) {
            List<String> parts = List.of(word.replaceAll("[!+-]$", "").split(":"));
            keys.put(
                    parts.get(0),
                    new Key(
                            parts.size() > 1 ? parts.get(1) : "text",
                            word.endsWith("!"),
                            only(word)));
        }
        return new Structure(name, keys, only);
    }
}
