using System.Text.Json.Nodes;
using Granary.Gateway.Audit;
using Granary.Gateway.Tests.Plugins;
using Granary.Gateway.Tests.Support;
using Granary.Gateway.Tools;
using Granary.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Granary.Gateway.Tests.Audit;

/// <summary>What happens to records while the audit vault cannot be written.</summary>
[Trait("Kind", "Hostile")]
public sealed class AuditQueueTests
{
    [Fact]
    public async Task Records_wait_for_a_store_that_is_away_and_each_is_written_once()
    {
        var vault = new FlakyVault { IsAway = true };
        await using var gateway = await StartAsync(vault);
        for (var i = 0; i < 3; i++)
            (await gateway.Http.PostAsync(McpRequest.Call("t_echo"))).Status.ShouldBe(200);
        await UntilAsync(() => vault.Refused > 0);
        vault.IsAway = false;
        await gateway.Get<AuditTrail>().FlushAsync(CancellationToken.None);
        vault.Calls.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_repeat_of_an_append_whose_answer_was_lost_has_the_same_key()
    {
        var vault = new FlakyVault { LosesAnswers = 1 };
        await using var gateway = await StartAsync(vault);
        await gateway.Http.PostAsync(McpRequest.Call("t_echo"));
        await gateway.Get<AuditTrail>().FlushAsync(CancellationToken.None);
        vault.RetryKeys.Count.ShouldBe(2);
        vault.RetryKeys[0].ShouldNotBeNull();
        vault.RetryKeys.Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task What_does_not_fit_is_counted_in_the_next_event()
    {
        var vault = new FlakyVault { IsAway = true };
        await using var gateway = await StartAsync(vault);
        var trail = gateway.Get<AuditTrail>();
        var caller = new Granary.Gateway.Access.Principal(TenantId.Parse("default"), "k", new HashSet<string>());
        // One more than wait may be under way as an event.
        for (var i = 0; i < AuditQueue.MaxWaiting + AuditQueue.MaxLines + 5; i++)
            trail.Begin(caller, null, "t_echo")!.End(new Granary.Gateway.Invocation.CallFacts());
        vault.IsAway = false;
        await trail.FlushAsync(CancellationToken.None);
        vault.Lost.ShouldBeInRange(5, AuditQueue.MaxLines + 5);
        (vault.Calls.Count + vault.Lost).ShouldBe(AuditQueue.MaxWaiting + AuditQueue.MaxLines + 5);
    }

    [Fact]
    public async Task A_tool_that_must_be_recorded_is_not_called_without()
    {
        var vault = new FlakyVault { IsAway = true };
        var tool = new CountTool();
        await using var gateway = await StartAsync(vault, tool, "t_count");
        var refused = await gateway.Http.PostAsync(McpRequest.Call("t_count"));
        refused.IsToolError.ShouldBeTrue();
        ((string)refused.Result["structuredContent"]!["error"]!).ShouldStartWith("'t_count' was not called: this server calls it only when that is recorded");
        tool.Calls.ShouldBe(0);
        // Others are not held up by it.
        (await gateway.Http.PostAsync(McpRequest.Call("t_echo"))).IsToolError.ShouldBeFalse();
        vault.IsAway = false;
        (await gateway.Http.PostAsync(McpRequest.Call("t_count"))).IsToolError.ShouldBeFalse();
        tool.Calls.ShouldBe(1);
        await gateway.Get<AuditTrail>().FlushAsync(CancellationToken.None);
        vault.Calls.Where(c => (string)c["tool"]! == "t_count").Select(c => (string)c["outcome"]!).ShouldBe(["begun", "refused", "begun", "ok"]);
    }

    [Theory]
    [InlineData(true, "t_ecko", "GRANARY_AUDIT_REQUIRED: Unknown tool: t_ecko; did you mean 't_echo'?")]
    [InlineData(false, "t_echo", "GRANARY_AUDIT_REQUIRED names tools that are called only when their call is recorded; set GRANARY_AUDIT=on as well.")]
    public async Task A_setting_that_would_protect_nothing_ends_the_start(bool audit, string tool, string says) =>
        (await Should.ThrowAsync<InvalidDataException>(() => TestGateway.StartAsync(o => o with { Audit = audit, AuditRequired = [tool] }))).Message.ShouldBe(says);

    private static Task<TestGateway> StartAsync(FlakyVault vault, ITool? tool = null, params string[] required) => TestGateway.StartAsync(
        o => o with { Audit = true, AuditRequired = required },
        services =>
        {
            services.RemoveAll<ITenants>().AddSingleton<ITenants>(new OneVault(vault));
            if (tool is not null)
                services.AddSingleton(tool);
        });

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition())
            await Task.Delay(10, limit.Token);
    }

    /// <summary>Not found by itself, as other tools of the tests are: it has no public constructor.</summary>
    private sealed class CountTool : TestTool
    {
        internal CountTool()
            : base("t_count")
        {
        }

        public int Calls { get; private set; }

        public override ValueTask<ToolResult> CallAsync(ToolCall call)
        {
            Calls++;
            return new(ToolResult.Text("counted"));
        }
    }

    private sealed class OneVault(IVault vault) : ITenants
    {
        public IVault Vault(TenantId tenant, VaultName name) => vault;

        public IInstana Instana(TenantId tenant, Granary.Instana.Connections.InstanaConnection connection) => throw new NotSupportedException();

        public Task<VaultPage> ListVaultsAsync(TenantId tenant, VaultListing listing, CancellationToken cancellation) => Task.FromResult(new VaultPage([], null));

        public IDisposable Watch(TenantId tenant, Action<VaultCommitted> committed) => new MemoryStream();
    }

    private sealed class FlakyVault : IVault
    {
        private readonly Lock _gate = new();
        private volatile bool _isAway;
        private int _refused;

        public bool IsAway
        {
            get => _isAway;
            set => _isAway = value;
        }

        public int LosesAnswers { get; set; }

        public int Refused => Volatile.Read(ref _refused);

        public List<JsonNode> Calls { get; } = [];

        public List<string?> RetryKeys { get; } = [];

        public long Lost { get; private set; }

        public Task<VaultDescription> CreateAsync(VaultCreation creation, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<AppendReceipt> AppendAsync(AppendEvent append, CancellationToken cancellation)
        {
            Check();
            lock (_gate)
            {
                if (append.EventType == AuditSource.CallsType)
                {
                    RetryKeys.Add(append.RetryKey);
                    if (LosesAnswers-- > 0)
                        throw new TenantException(TenantFailure.OutcomeUnknown, "The answer was lost.");
                    var data = JsonNode.Parse(append.Data.Span)!;
                    Calls.AddRange(data["calls"]!.AsArray().Select(c => c!));
                    Lost += (long?)data["lost"] ?? 0;
                }
            }
            return Task.FromResult(new AppendReceipt("e", 0, new string('a', 64), "t", null, null, false));
        }

        public Task<VaultHead> GetHeadAsync(CancellationToken cancellation)
        {
            Check();
            return Task.FromResult(new VaultHead(0, new string('0', 64)));
        }

        public Task<VerificationReport> VerifyAsync(IProgress<WorkProgress>? progress, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<Timeline> QueryTimelineAsync(TimelineQuery query, CancellationToken cancellation) => Task.FromResult(new Timeline([], false));

        public Task<VaultResult> RunAsync(VaultCall call, IProgress<WorkProgress>? progress, CancellationToken cancellation) => throw new NotSupportedException();

        private void Check()
        {
            if (!IsAway)
                return;
            Interlocked.Increment(ref _refused);
            throw new TenantException(TenantFailure.Unavailable, "The store is away.");
        }
    }
}
