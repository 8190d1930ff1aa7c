using System.Text;
using System.Text.Json;
using Granary.Gateway.Tests.Support;
using Granary.Vault.Keys;
using Granary.Vault.Transparency;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Gateway.Tests.Transparency;

/// <summary>One gateway serves a log, another one is its witness.</summary>
public sealed class WitnessEndpointTests : IAsyncLifetime
{
    private const string Checkpoint = "/log/default/notes/checkpoint";

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-witness-").FullName;
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly SigningKey _key = SigningKey.Generate();
    private readonly List<TestGateway> _started = [];
    private NoteKey _log = null!;
    private NoteKey _witnessKey = null!;
    private TestGateway _witness = null!;

    public async Task InitializeAsync()
    {
        var first = await StartAsync(At("first"), null);
        (await first.Http.CallAsync("init_vault", """{"vault_path":"notes"}""")).IsToolError.ShouldBeFalse();
        await AppendAsync(first, "both");
        _log = NoteKey.Parse((await first.Http.GetAsync("/log/default/notes/vkey")).Text);
        await first.DisposeAsync();
        await File.WriteAllBytesAsync(At("witness.pem"), KeyPem.WritePrivate(_key));
        await File.WriteAllTextAsync(At("logs"), $"# the logs that are known\n{_log}\n");
        _witness = await TestGateway.StartAsync(o => o with
        {
            WitnessKeyFile = At("witness.pem"),
            WitnessName = "witness.example.org",
            WitnessLogs = At("logs"),
            WitnessFolder = At("records"),
        });
        _started.Add(_witness);
        _witnessKey = NoteKey.Parse((await _witness.Http.GetAsync("/witness/vkey")).Text);
        await File.WriteAllTextAsync(At("witnesses.json"), JsonSerializer.Serialize(new
        {
            witnesses = new[] { new { url = new Uri(_witness.Root, "/witness").ToString(), key = _witnessKey.ToString() } },
            needed = 1,
        }));
    }

    public async Task DisposeAsync()
    {
        foreach (var gateway in _started)
            await gateway.DisposeAsync();
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_checkpoint_that_is_served_was_signed_by_the_witness()
    {
        var gateway = await StartAsync(At("first"), At("witnesses.json"));
        var tenant = NoteKey.Parse((await gateway.Http.GetAsync("/log/default/notes/tenant-vkey")).Text);
        for (var size = 1; size < 4; size++)
        {
            var note = await NoteAsync(gateway);
            (note.IsSignedBy(_log), note.IsSignedBy(_witnessKey), LogCheckpoint.Parse(note.Text).Size).ShouldBe((true, true, size));
            var name = WitnessRecords.NameOf(_log.Name);
            // It keeps the lines of keys that it knows, and left the tenant's alone when it signed.
            var known = new SignedNote(note.Text, [.. note.Signatures.Where(line => line.Name != "log.example.org/default")]);
            (await _witness.Http.GetAsync($"/witness/{name}/checkpoint")).Text.ShouldBe(Encoding.UTF8.GetString(known.Write()));
            (note.IsSignedBy(tenant), note.Signatures.Count).ShouldBe((true, 3));
            await AppendAsync(gateway, $"n{size}");
            // Until the witness may be asked again, the checkpoint that it signed is served.
            (await NoteAsync(gateway)).Write().ShouldBe(note.Write());
            _time.Advance(TimeSpan.FromSeconds(6));
        }
    }

    [Fact]
    public async Task What_was_kept_before_the_tenant_had_a_key_gets_its_signature()
    {
        var key = At("first/default/tenant-key.pem");
        File.Delete(key);
        File.Delete($"{key}.lock");
        Directory.CreateDirectory($"{key}.lock");
        var before = await StartAsync(At("first"), At("witnesses.json"));
        var kept = await NoteAsync(before);
        (kept.IsSignedBy(_witnessKey), kept.Signatures.Count).ShouldBe((true, 2));
        Directory.Delete($"{key}.lock");
        var completed = await NoteAsync(before);
        var tenant = NoteKey.Parse((await before.Http.GetAsync("/log/default/notes/tenant-vkey")).Text);
        (completed.Text, completed.Signatures.Count).ShouldBe((kept.Text, 3));
        (completed.IsSignedBy(_log), completed.IsSignedBy(_witnessKey), completed.IsSignedBy(tenant)).ShouldBe((true, true, true));
    }

    [Fact]
    public async Task Of_two_histories_the_second_is_not_served()
    {
        var copy = Copy();
        var (gateway, split) = (await StartAsync(At("first"), At("witnesses.json")), await StartAsync(copy, At("witnesses.json")));
        await AppendAsync(gateway, "one history");
        await AppendAsync(split, "another history");
        (await gateway.Http.GetAsync(Checkpoint)).Status.ShouldBe(200);
        var refused = await split.Http.GetAsync(Checkpoint);
        (refused.Status, refused.Header("Retry-After")).ShouldBe((503, "5"));
        refused.Text.ShouldContain("another history");
        split.Logs.All.ShouldContain(line => line.Contains("did not sign the log", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_log_that_was_rolled_back_is_not_served()
    {
        var copy = Copy();
        var gateway = await StartAsync(At("first"), At("witnesses.json"));
        await AppendAsync(gateway, "more");
        (await gateway.Http.GetAsync(Checkpoint)).Status.ShouldBe(200);
        var refused = await (await StartAsync(copy, At("witnesses.json"))).Http.GetAsync(Checkpoint);
        refused.Status.ShouldBe(503);
        refused.Text.ShouldContain("rolled back");
    }

    [Fact]
    public async Task A_stale_signature_does_not_count()
    {
        var gateway = await StartAsync(At("first"), At("witnesses.json"));
        (await gateway.Http.GetAsync(Checkpoint)).Status.ShouldBe(200);
        await _witness.DisposeAsync();
        _started.Remove(_witness);
        _time.Advance(TimeSpan.FromHours(23));
        (await gateway.Http.GetAsync(Checkpoint)).Status.ShouldBe(200);
        _time.Advance(TimeSpan.FromHours(2));
        var refused = await gateway.Http.GetAsync(Checkpoint);
        refused.Status.ShouldBe(503);
        refused.Text.ShouldContain("did not answer");
    }

    [Fact]
    public async Task What_the_witness_does_not_know_or_cannot_read_is_refused()
    {
        using var other = SigningKey.Generate();
        (await AddAsync([.. "old 0\n\n"u8, .. new LogCheckpoint("log.example.org/x", 0, new string('0', 64)).Sign(other).Write()])).Status.ShouldBe(404);
        (await AddAsync([.. "old 0\n\n"u8, .. new LogCheckpoint(_log.Name, 0, new string('0', 64)).Sign(other).Write()])).Status.ShouldBe(403);
        (await AddAsync("no request"u8.ToArray())).Status.ShouldBe(400);
        (await AddAsync(new byte[SignedNote.MaxBytes + 1])).Status.ShouldBe(413);
        (await _witness.Http.GetAsync($"/witness/{new string('0', 64)}/checkpoint")).Status.ShouldBe(404);
        (await _witness.Http.GetAsync("/witness/..%2Flock/checkpoint")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_gateway_without_a_key_is_no_witness()
    {
        var gateway = await StartAsync(At("first"), null);
        (await gateway.Http.GetAsync("/witness/vkey")).Status.ShouldBe(404);
    }

    [Theory]
    [InlineData("""{"witnesses":[],"needed":0}""", "1 to 16 witnesses")]
    [InlineData(
        """{"witnesses":[{"url":"ftp://w","key":"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"}],"needed":1}""", "no http address")]
    [InlineData("""{"witnesses":[{"url":"http://w","key":"foo"}],"needed":1}""", "NAME+ID+KEY")]
    [InlineData("""{"needed":1}""", "cannot be used")]
    public void A_file_of_witnesses_that_cannot_work_is_named(string json, string problem)
    {
        File.WriteAllText(At("bad.json"), json);
        Should.Throw<InvalidDataException>(() => Granary.Gateway.Transparency.WitnessList.Read(At("bad.json"))).Message.ShouldContain(problem);
    }

    private string At(string name) => Path.Combine(_folder, name);

    private async Task<TestGateway> StartAsync(string data, string? witnesses)
    {
        var gateway = await TestGateway.StartAsync(
            o => o with { DataFolder = data, LogOrigin = "log.example.org", WitnessFile = witnesses }, services => services.AddSingleton<TimeProvider>(_time));
        if (witnesses is not null)
            _started.Add(gateway);
        return gateway;
    }

    private string Copy()
    {
        var copy = At("copy");
        foreach (var file in Directory.EnumerateFiles(At("first"), "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(copy, Path.GetRelativePath(At("first"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
        return copy;
    }

    private static async Task<SignedNote> NoteAsync(TestGateway gateway)
    {
        var answer = await gateway.Http.GetAsync(Checkpoint);
        answer.Status.ShouldBe(200, answer.Text);
        return SignedNote.Read(Encoding.UTF8.GetBytes(answer.Text));
    }

    private async Task<Answer> AddAsync(byte[] body)
    {
        using var request = _witness.Http.Request(HttpMethod.Post, "/witness/add-checkpoint");
        request.Content = new ByteArrayContent(body);
        return await _witness.Http.SendAsync(request);
    }

    private static async Task AppendAsync(TestGateway gateway, string text) =>
        (await gateway.Http.CallAsync("append_event", $$"""{"vault_path":"notes","event_type":"note","data":{"text":"{{text}}"} }"""))
            .IsToolError.ShouldBeFalse();
}
