using System.Text;
using System.Text.Json;
using Granary.Gateway.Tests.Support;
using Granary.Testing;
using Granary.Vault.Evidence.Stamps;
using Granary.Vault.Keys;
using Microsoft.AspNetCore.Http;

namespace Granary.Gateway.Tests.Transparency;

/// <summary>Vaults are stamped by an authority that is OpenSSL's, and what comes of it is checked by OpenSSL.</summary>
public sealed class AnchoringTests : ClusterTests, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-anchors-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [OpenSslFact]
    public async Task A_standalone_gateway_has_its_vaults_stamped_whatever_other_authorities_do()
    {
        await using (var before = await TestGateway.StartAsync(o => o with { DataFolder = At("data") }))
            await FillAsync(before);
        await using var good = await OpenSslAuthority.StartAsync();
        await using var expired = await OpenSslAuthority.StartAsync(DateTimeOffset.UtcNow.AddMonths(-1));
        await using var rejecting = await OpenSslAuthority.StartAsync();
        await using var odd = await OpenSslAuthority.StartAsync();
        await using var slow = await OpenSslAuthority.StartAsync();
        rejecting.Instead = context => Answer(context, 503, []);
        odd.Instead = context => Answer(context, 200, "<html>log in first</html>"u8.ToArray());
        slow.Instead = context => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        var anchors = await WriteAsync(slow, rejecting, odd, expired, good);
        await using var gateway = await TestGateway.StartAsync(o => o with { DataFolder = At("data"), AnchorFile = anchors });
        var stamp = (await StampsAsync(gateway)).ShouldHaveSingleItem();
        (stamp.Authority, stamp.Count).ShouldBe((good.Address.ToString(), 2));
        (await good.VerifyAsync(stamp.Root, stamp.Evidence.ToArray())).ShouldContain("Verification: OK");
        (await good.VerifyAsync(new string('a', 64), stamp.Evidence.ToArray())).ShouldContain("FAILED");
        await SaysAsync(gateway, $"{rejecting.Address} did not stamp vault notes of tenant default", "status 503");
        await SaysAsync(gateway, $"{odd.Address} did not stamp", "not one to this request");
        await SaysAsync(gateway, $"{expired.Address} did not stamp", "");
        var report = await gateway.Http.CallAsync("verify_vault", """{"vault_path":"notes"}""");
        report.ToolText.ShouldContain("1 stamp(s) from outside");
        good.Asked.ShouldBe(1);
    }

    [Fact]
    public async Task A_standalone_gateway_enters_its_vaults_into_a_Rekor_log_and_serves_the_entries()
    {
        await using (var before = await TestGateway.StartAsync(o => o with { DataFolder = At("data") }))
            await FillAsync(before);
        await using var log = await TestRekor.StartAsync();
        await File.WriteAllTextAsync(At("log.pem"), log.PublicKey);
        var authorities = new { authorities = new[] { new { url = log.Address.ToString(), kind = "rekor", keys = At("log.pem") } } };
        await File.WriteAllTextAsync(At("anchors.json"), JsonSerializer.Serialize(authorities));
        await using var gateway = await TestGateway.StartAsync(o => o with { DataFolder = At("data"), AnchorFile = At("anchors.json") });
        var stamp = (await StampsAsync(gateway)).ShouldHaveSingleItem();
        (stamp.Kind, stamp.Authority, stamp.Count).ShouldBe(("rekor", log.Address.ToString(), 2));
        stamp.Problem(null, P256PublicKey.ReadPem(log.PublicKey)).ShouldBeNull();
        (await gateway.Http.CallAsync("verify_vault", """{"vault_path":"notes"}""")).ToolText.ShouldContain("1 of them in a Rekor log since");
    }

    [OpenSslFact]
    public async Task In_a_cluster_silos_have_the_vaults_stamped()
    {
        await using var authority = await OpenSslAuthority.StartAsync();
        var anchors = await WriteAsync(authority);
        Silo = await TestSilo.StartAsync(Redis, Key, change: settings => settings with { AnchorFile = null });
        await using (var before = await StartAsync())
            await FillAsync(before.Gateway);
        await Silo.DisposeAsync();
        Silo = await TestSilo.StartAsync(Redis, Key, change: settings => settings with { AnchorFile = anchors });
        await using var running = await StartAsync();
        var gateway = running.Gateway;
        var stamp = (await StampsAsync(gateway)).ShouldHaveSingleItem();
        stamp.Count.ShouldBe(2);
        (await authority.VerifyAsync(stamp.Root, stamp.Evidence.ToArray())).ShouldContain("Verification: OK");
        (await gateway.Http.CallAsync("verify_vault", """{"vault_path":"notes"}""")).ToolText.ShouldContain("1 stamp(s) from outside");
        authority.Asked.ShouldBe(1);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"authorities":[]}""")]
    [InlineData("""{"authorities":[{"url":"ftp://x"}]}""")]
    [InlineData("""{"authorities":[{"url":"http://x/","kind":"else"}]}""")]
    [InlineData("""{"authorities":[{"url":"http://x/","kind":"rekor","keys":"/none"}]}""")]
    [InlineData("""{"authorities":[{"url":"http://x/"},{"url":"http://x/"}]}""")]
    [InlineData("""{"authorities":[{"url":"http://x/"}],"every_seconds":1}""")]
    [InlineData("""{"authorities":[{"url":"http://x/","certificates":"/none"}]}""")]
    [InlineData("""{"authorities":[{"url":"http://x/","certificate":"/none"}]}""")]
    public async Task A_file_that_cannot_be_used_is_refused(string json)
    {
        await File.WriteAllTextAsync(At("anchors.json"), json);
        Should.Throw<InvalidDataException>(() => Granary.Tenants.Vaults.Anchoring.AnchorPlan.Read(At("anchors.json"), TimeProvider.System))
            .Message.ShouldStartWith("The file of GRANARY_ANCHORS");
    }

    private static async Task Answer(HttpContext context, int status, byte[] body)
    {
        context.Response.StatusCode = status;
        await context.Response.Body.WriteAsync(body);
    }

    private static async Task FillAsync(TestGateway gateway)
    {
        (await gateway.Http.CallAsync("init_vault", """{"vault_path":"notes"}""")).ShouldSucceed();
        foreach (var text in (string[])["one", "two"])
        {
            (await gateway.Http.CallAsync("append_event", $$"""{"vault_path":"notes","event_type":"note","data":{"text":"{{text}}"} }"""))
                .ShouldSucceed();
        }
    }

    private static async Task<IReadOnlyList<HeadStamp>> StampsAsync(TestGateway gateway)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            var answer = await gateway.Http.GetAsync("/log/default/notes/stamps");
            if (answer.Status == 200 && HeadStamps.Read(Encoding.UTF8.GetBytes(answer.Text)) is { Count: > 0 } stamps)
                return stamps;
            await Task.Delay(20, limit.Token);
        }
    }

    private static async Task SaysAsync(TestGateway gateway, string sentence, string reason)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!gateway.Logs.All.Any(line => line.Contains(sentence, StringComparison.Ordinal) && line.Contains(reason, StringComparison.Ordinal)))
            await Task.Delay(20, limit.Token);
    }

    private async Task<string> WriteAsync(params OpenSslAuthority[] authorities)
    {
        var json = JsonSerializer.Serialize(new { authorities = authorities.Select(authority => new { url = authority.Address.ToString(), certificates = authority.RootFile }) });
        await File.WriteAllTextAsync(At("anchors.json"), json);
        return At("anchors.json");
    }

    private string At(string name) => Path.Combine(_folder, name);
}

/// <summary>A test that needs OpenSSL's program.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OpenSslFactAttribute : FactAttribute
{
    public OpenSslFactAttribute()
    {
        if (!OpenSslAuthority.IsHere)
            Skip = "The program openssl is not installed.";
    }
}
