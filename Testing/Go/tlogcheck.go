// Checks what Granary serves and writes as a transparency log, with Go's own implementation of notes and trees (golang.org/x/mod/sumdb).
// The log is a folder or a URL; each command prints "ok" behind what it found, or fails with a sentence.
package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	commands := map[string]func([]string) error{
		"log": checkLog, "proof": checkProof, "sign": sign, "cosigned": checkCosigned, "request": checkRequest, "signed": checkSigned,
	}
	if err := commands[os.Args[1]](os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("ok")
}

// log VKEY PREFIX [HEADER VALUE]: opens the checkpoint, and proves every entry of every bundle through the tiles.
func checkLog(args []string) error {
	source := &source{prefix: args[1]}
	if len(args) > 3 {
		source.header, source.value = args[2], args[3]
	}
	raw, err := source.get("checkpoint")
	if err != nil {
		return err
	}
	tree, err := open(args[0], raw)
	if err != nil {
		return err
	}
	entries, err := source.entries(tree.N)
	if err != nil {
		return err
	}
	reader := tlog.TileHashReader(tree, source)
	for start := 0; start < len(entries); start += 256 {
		batch := entries[start:min(start+256, len(entries))]
		indexes := make([]int64, len(batch))
		for i := range batch {
			indexes[i] = tlog.StoredHashIndex(0, int64(start+i))
		}
		hashes, err := reader.ReadHashes(indexes)
		if err != nil {
			return err
		}
		for i, entry := range batch {
			if hashes[i] != tlog.RecordHash(entry) {
				return fmt.Errorf("entry %d is not the one in the tree", start+i)
			}
		}
	}
	if tree.N > 0 {
		proof, err := tlog.ProveRecord(tree.N, tree.N/2, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, tree.N/2, tlog.RecordHash(entries[tree.N/2])); err != nil {
			return err
		}
		if growth, err := tlog.ProveTree(tree.N, tree.N, reader); err != nil {
			return err
		} else if err := tlog.CheckTree(growth, tree.N, tree.Hash, tree.N, tree.Hash); err != nil {
			return err
		}
	}
	fmt.Printf("%d %s\n", tree.N, hex.EncodeToString(tree.Hash[:]))
	return nil
}

// proof VKEY FILE ENTRY: a c2sp.org/tlog-proof.
func checkProof(args []string) error {
	raw, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	head, checkpoint, _ := strings.Cut(string(raw), "\n\n")
	lines := strings.Split(head, "\n")
	if lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("no proof")
	}
	lines = lines[1:]
	if strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "index "), 10, 64)
	if err != nil {
		return err
	}
	path, err := hashes(lines[1:])
	if err != nil {
		return err
	}
	tree, err := open(args[0], []byte(checkpoint))
	if err != nil {
		return err
	}
	return tlog.CheckRecord(path, tree.N, tree.Hash, index, tlog.RecordHash([]byte(args[2])))
}

// sign NAME TEXT-FILE: makes a key, prints its verifier key, and the note as hex.
func sign(args []string) error {
	text, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	skey, vkey, err := note.GenerateKey(rand.Reader, args[0])
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		return err
	}
	signed, err := note.Sign(&note.Note{Text: string(text)}, signer)
	if err != nil {
		return err
	}
	fmt.Printf("%s\n%s\n", vkey, hex.EncodeToString(signed))
	return nil
}

// cosigned VKEY-OF-LOG VKEY-OF-WITNESS FILE: a checkpoint with a cosignature/v1.
func checkCosigned(args []string) error {
	raw, err := os.ReadFile(args[2])
	if err != nil {
		return err
	}
	log, err := note.NewVerifier(args[0])
	if err != nil {
		return err
	}
	parts := strings.SplitN(args[1], "+", 3)
	id, err := strconv.ParseUint(parts[1], 16, 32)
	if err != nil {
		return err
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil {
		return err
	}
	if len(key) != 33 || key[0] != 4 {
		return errors.New("no Ed25519 key of a witness")
	}
	opened, err := note.Open(raw, note.VerifierList(log, &witness{parts[0], uint32(id), key[1:]}))
	if err != nil {
		return err
	}
	if len(opened.Sigs) != 2 || len(opened.UnverifiedSigs) != 0 {
		return fmt.Errorf("%d signatures hold, %d are unknown", len(opened.Sigs), len(opened.UnverifiedSigs))
	}
	return nil
}

// signed FILE VKEY...: opens a note with these keys; prints how many signatures hold, and how many are by keys that are not among them.
func checkSigned(args []string) error {
	raw, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	var verifiers []note.Verifier
	for _, vkey := range args[1:] {
		verifier, err := note.NewVerifier(vkey)
		if err != nil {
			return err
		}
		verifiers = append(verifiers, verifier)
	}
	opened, err := note.Open(raw, note.VerifierList(verifiers...))
	if err != nil {
		return err
	}
	fmt.Printf("%d %d\n", len(opened.Sigs), len(opened.UnverifiedSigs))
	return nil
}

// request VKEY OLD-ROOT FILE: the body of add-checkpoint, whose proof must lead from the old root.
func checkRequest(args []string) error {
	raw, err := os.ReadFile(args[2])
	if err != nil {
		return err
	}
	head, checkpoint, _ := strings.Cut(string(raw), "\n\n")
	lines := strings.Split(head, "\n")
	old, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "old "), 10, 64)
	if err != nil {
		return err
	}
	path, err := hashes(lines[1:])
	if err != nil {
		return err
	}
	tree, err := open(args[0], []byte(checkpoint))
	if err != nil {
		return err
	}
	var root tlog.Hash
	if _, err := hex.Decode(root[:], []byte(args[1])); err != nil {
		return err
	}
	return tlog.CheckTree(path, tree.N, tree.Hash, old, root)
}

type witness struct {
	name string
	id   uint32
	key  []byte
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.id }
func (w *witness) Verify(msg, sig []byte) bool {
	if len(sig) != 72 {
		return false
	}
	text := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(sig), msg)
	return ed25519.Verify(w.key, []byte(text), sig[8:])
}

func open(vkey string, raw []byte) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(raw, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("another origin")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func hashes(lines []string) ([]tlog.Hash, error) {
	var all []tlog.Hash
	for _, line := range lines {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		all = append(all, hash)
	}
	return all, nil
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}

// The tiles of a log: Go's own reader asks for them, and checks them against the tree.
type source struct {
	prefix, header, value string
}

func (s *source) Height() int                       { return 8 }
func (s *source) SaveTiles([]tlog.Tile, [][]byte) {}
func (s *source) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		// Go's own path has the height before the level.
		data, err := s.get(strings.Replace(tile.Path(), "tile/8/", "tile/", 1))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (s *source) entries(size int64) ([][]byte, error) {
	var all [][]byte
	for start := int64(0); start < size; start += 256 {
		width := size - start
		if width > 256 {
			width = 256
		}
		tile := tlog.Tile{H: 8, L: -1, N: start / 256, W: int(width)}
		bundle, err := s.get(strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1))
		if err != nil {
			return nil, err
		}
		for len(bundle) > 0 {
			length := int(binary.BigEndian.Uint16(bundle))
			all = append(all, bundle[2:2+length])
			bundle = bundle[2+length:]
		}
	}
	if int64(len(all)) != size {
		return nil, fmt.Errorf("%d entries of %d", len(all), size)
	}
	return all, nil
}

func (s *source) get(path string) ([]byte, error) {
	if !strings.HasPrefix(s.prefix, "http") {
		return os.ReadFile(filepath.Join(s.prefix, path))
	}
	request, err := http.NewRequest("GET", s.prefix+"/"+path, nil)
	if err != nil {
		return nil, err
	}
	if s.header != "" {
		request.Header.Set(s.header, s.value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != 200 {
		return nil, fmt.Errorf("%s: %s", path, response.Status)
	}
	return io.ReadAll(response.Body)
}
