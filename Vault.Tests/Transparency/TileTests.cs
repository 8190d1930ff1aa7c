using Granary.Testing;
using Granary.Vault.Tests.Proofs;
using Granary.Vault.Tests.Support;
using Granary.Vault.Transparency;

namespace Granary.Vault.Tests.Transparency;

public sealed class TileTests
{
    // The numbers of c2sp.org/tlog-tiles.
    [Fact]
    public void A_tree_of_70000_has_the_specification_s_tiles()
    {
        Widths(0).ShouldBe([.. Enumerable.Repeat(256, 273), 112]);
        Widths(1).ShouldBe([256, 17]);
        Widths(2).ShouldBe([1]);
        Widths(3).ShouldBeEmpty();
        TileAddress.Of(1, 256).Select(tile => tile.ToString()).ShouldBe(["1/000.p/1"]);

        static IEnumerable<int> Widths(int level) => TileAddress.Of(level, 70_000).Select(tile => tile.Width);
    }

    [Theory]
    [InlineData("0/x001/x234/067", 0, 1234067, 256)]
    [InlineData("0/000", 0, 0, 256)]
    [InlineData("7/999.p/255", 7, 999, 255)]
    [InlineData("entries/x001/000.p/1", null, 1000, 1)]
    public void An_address_is_read_and_written(string path, int? level, long index, int width)
    {
        TileAddress.TryParse(path, out var address).ShouldBeTrue();
        address.ShouldBe(new TileAddress(level, index, width));
        address.ToString().ShouldBe(path);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("00/000")]
    [InlineData("8/000")]
    [InlineData("-1/000")]
    [InlineData("0/0")]
    [InlineData("0/x000/000")]
    [InlineData("0/1234")]
    [InlineData("0/000.p/0")]
    [InlineData("0/000.p/256")]
    [InlineData("0/000.p/01")]
    [InlineData("0/xx01/000")]
    [InlineData("0/x999/x999/x999/x999/x999/x999/999")]
    [InlineData("data/000")]
    [InlineData("0/../000")]
    public void Any_other_spelling_is_none(string path) => TileAddress.TryParse(path, out _).ShouldBeFalse();

    [Theory]
    [InlineData(300, "0/001.p/45")]
    [InlineData(300, "0/001")]
    [InlineData(300, "1/000")]
    [InlineData(300, "2/000.p/1")]
    [InlineData(0, "entries/000.p/1")]
    public async Task A_tile_beyond_the_log_is_not_there(int size, string path)
    {
        TileAddress.TryParse(path, out var address).ShouldBeTrue();
        (await Tiles(size).ReadAsync(address, default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_tile_over_leaves_holds_the_roots_of_full_tiles()
    {
        TileAddress.TryParse("1/000.p/2", out var address).ShouldBeTrue();
        var tile = await Tiles(600).ReadAsync(address, default);
        tile.ShouldBe([.. SlowTree.Root(Logs.Data(600).Take(256).ToList()), .. SlowTree.Root(Logs.Data(600).Skip(256).Take(256).ToList())]);
    }

    [GoFact]
    public async Task Go_reads_the_tiles_of_logs_of_every_shape()
    {
        foreach (var size in (int[])[0, 1, 2, 255, 256, 257, 600, 70_000])
        {
            using var folder = new TestFolder();
            using var key = Fixture.Key("root");
            var root = (await Logs.Reader(size, 4096).BuildAsync(size, default)).Root();
            var tiles = Tiles(size);
            foreach (var tile in TileAddress.AllOf(size))
                Write(folder, Path.Combine("tile", tile.ToString()), (await tiles.ReadAsync(tile, default))!);
            Write(folder, "checkpoint", new LogCheckpoint("log.example.org/a", size, root).Sign(key).Write());
            var verdict = await GoTlog.RunAsync("log", new NoteKey("log.example.org/a", NoteKeyKind.Log, key.PublicKey).ToString(), folder.Path);
            verdict.Good.ShouldBeTrue($"{size}: {verdict.Problem}");
            verdict.Lines[0].ShouldBe($"{size} {root}");
        }
    }

    [GoFact]
    public async Task Go_finds_an_entry_that_was_exchanged()
    {
        using var folder = new TestFolder();
        using var key = Fixture.Key("root");
        var tiles = Tiles(3);
        foreach (var tile in (TileAddress[])[new(null, 0, 3), new(0, 0, 3)])
            Write(folder, Path.Combine("tile", tile.ToString()), (await tiles.ReadAsync(tile, default))!);
        Write(folder, "checkpoint", new LogCheckpoint("log.example.org/a", 3, (await Logs.Reader(3).BuildAsync(3, default)).Root()).Sign(key).Write());
        var bundle = Path.Combine(folder.Path, "tile/entries/000.p/3");
        var bytes = await File.ReadAllBytesAsync(bundle);
        bytes[70] ^= 1;
        await File.WriteAllBytesAsync(bundle, bytes);
        var verdict = await GoTlog.RunAsync("log", new NoteKey("log.example.org/a", NoteKeyKind.Log, key.PublicKey).ToString(), folder.Path);
        verdict.Good.ShouldBeFalse();
        verdict.Problem.ShouldContain("entry 1");
    }

    private static TreeTiles Tiles(int size)
    {
        var vault = new MemoryVault { PageLines = 4096 };
        vault.Events.AddRange(Logs.Data(size));
        return new TreeTiles(vault, Logs.Format);
    }

    private static void Write(TestFolder folder, string name, byte[] content)
    {
        var path = Path.Combine(folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }
}
