using System.Runtime.InteropServices;
using Granary.Grains.Contracts;
using Granary.Instana.Connections;
using Granary.Instana.Http;
using Granary.Instana.Operations;
using Granary.Tenants;

namespace Granary.Grains.Calls;

/// <summary>Between the tenants' types and those on the wire, which must stay readable for other versions of this program.</summary>
internal static class Messages
{
    private const string Session = "session";
    private const string Request = "request";
    private const string Client = "client";

    public static CreationMessage From(VaultCreation creation, string retryKey) =>
        new(creation.Format, creation.Actor, creation.Uid, creation.Quorum, retryKey);

    public static VaultCreation To(CreationMessage creation) => new()
    {
        Format = creation.Format,
        Actor = creation.Actor,
        Uid = creation.Uid,
        Quorum = creation.Quorum,
        RetryKey = creation.RetryKey,
    };

    public static VaultMessage From(VaultDescription vault) => new(
        vault.Vault, vault.Format, vault.Created, vault.KeyId, vault.PublicKey, vault.EventCount,
        vault.Uid, vault.GenesisEventId, vault.MerkleRoot, vault.QuorumKeyId);

    public static VaultDescription To(VaultMessage vault) => new(vault.Vault, vault.Format, vault.Created, vault.KeyId, vault.PublicKey, vault.EventCount)
    {
        Uid = vault.Uid,
        GenesisEventId = vault.GenesisEventId,
        MerkleRoot = vault.MerkleRoot,
        QuorumKeyId = vault.QuorumKeyId,
    };

    public static VaultCallMessage From(VaultCall call, string? retryKey) => new(call.Operation, call.Arguments, call.IdempotencyKey, retryKey);

    public static VaultCall To(VaultCallMessage call) => new(call.Operation, call.Arguments) { IdempotencyKey = call.IdempotencyKey, RetryKey = call.RetryKey };

    public static VaultResultMessage From(VaultResult result) => new(result.Json);

    public static VaultResult To(VaultResultMessage result) => new(result.Json);

    public static AppendMessage From(AppendEvent append, string? retryKey) => new(
        append.EventType, append.Data, append.Tags?.ToArray(), append.EmitProvara,
        append.IdempotencyKey, retryKey, append.Actor, append.Namespace, append.Encrypt);

    public static AppendEvent To(AppendMessage append) => new(append.EventType, append.Data)
    {
        Tags = append.Tags,
        EmitProvara = append.EmitProvara,
        IdempotencyKey = append.IdempotencyKey,
        RetryKey = append.RetryKey,
        Actor = append.Actor,
        Namespace = append.Namespace,
        Encrypt = append.Encrypt,
    };

    public static ReceiptMessage From(AppendReceipt receipt) => new(
        receipt.EventId, receipt.Position, receipt.Hash, receipt.Timestamp, receipt.ProvaraEventId, receipt.StateHash, receipt.Replayed);

    public static AppendReceipt To(ReceiptMessage receipt) => new(
        receipt.EventId, receipt.Position, receipt.Hash, receipt.Timestamp, receipt.ProvaraEventId, receipt.StateHash, receipt.Replayed);

    public static HeadMessage From(VaultHead head) => new(head.Count, head.Hash);

    public static VaultHead To(HeadMessage head) => new(head.Count, head.Hash);

    public static VerificationMessage From(VerificationReport report) => new(
        report.Valid, report.EventCount, report.Head,
        [.. report.Findings.Select(finding => new FindingMessage(finding.Position, finding.Rule, finding.Reason))], report.FindingCount);

    public static VerificationReport To(VerificationMessage report) => new(
        report.Valid, report.EventCount, report.Head,
        [.. report.Findings.Select(finding => new VerificationFinding(finding.Position, finding.Rule, finding.Reason))], report.FindingCount);

    public static TimelineQueryMessage From(TimelineQuery query) => new(query.EventType, query.Start, query.End, query.Limit);

    public static TimelineQuery To(TimelineQueryMessage query) =>
        new() { EventType = query.EventType, Start = query.Start, End = query.End, Limit = query.Limit };

    public static TimelineMessage From(Timeline timeline) => new([.. timeline.Events.Select(Bytes)], timeline.Truncated);

    public static Timeline To(TimelineMessage timeline) => new([.. timeline.Events.Select(line => (ReadOnlyMemory<byte>)line)], timeline.Truncated);

    public static ListingMessage From(VaultListing listing) => new(listing.Prefix, listing.After?.Value, listing.Limit);

    public static VaultListing To(ListingMessage listing) =>
        new() { Prefix = listing.Prefix, After = Name(listing.After), Limit = Math.Clamp(listing.Limit, 1, VaultListing.MaxLimit) };

    public static VaultPageMessage From(VaultPage page) => new([.. page.Vaults.Select(vault => vault.Value)], page.Next?.Value);

    public static VaultPage To(VaultPageMessage page) => new([.. page.Vaults.Select(VaultName.Parse)], Name(page.Next));

    public static ConnectionMessage From(InstanaConnection connection) => connection.Credential switch
    {
        ApiTokenCredential token => new(connection.BaseUrl.OriginalString, "token", token.Token, null, null),
        JwtCredential jwt => new(connection.BaseUrl.OriginalString, "jwt", jwt.Token, jwt.CsrfToken, null),
        SessionCredential session => new(connection.BaseUrl.OriginalString, "session", session.AuthToken, session.CsrfToken, session.CookieName),
        // The secret stays where it is held: what travels is the unit's name.
        HeldCredential held => new(connection.BaseUrl.OriginalString, "held", held.Unit, null, null),
        _ => throw new InvalidOperationException("A credential of a kind that cannot travel."),
    };

    public static InstanaConnection To(ConnectionMessage connection) => new(new Uri(connection.BaseUrl), connection.Scheme switch
    {
        "token" => new ApiTokenCredential(connection.Secret),
        "jwt" => new JwtCredential(connection.Secret, connection.CsrfToken ?? ""),
        "session" => new SessionCredential(connection.Secret, connection.CsrfToken ?? "", connection.CookieName ?? SessionCredential.DefaultCookieName),
        "held" => new HeldCredential(connection.Secret),
        _ => throw new TenantException(
            TenantFailure.Unavailable,
            "The gateway is newer than this silo: it sent a kind of credential that is not known here yet; try again."),
    });

    public static InstanaCallMessage From(InstanaCall call, ConnectionMessage connection, DateTimeOffset now) => new(
        connection, call.Tool, call.ResourceType, call.Operation, call.Params,
        From(call.Tracking), call.Deadline, call.Deadline - now);

    public static InstanaCall To(InstanaCallMessage call, DateTimeOffset now) => new(call.Tool, call.ResourceType, call.Operation, call.Params)
    {
        Tracking = To(call.Tracking),
        Deadline = call.Left is { } left ? left < DateTimeOffset.MaxValue - now ? now + left : DateTimeOffset.MaxValue : call.Deadline,
    };

    private static Dictionary<string, string>? From(CallTracking? tracking)
    {
        if (tracking is null)
            return null;
        var values = new Dictionary<string, string>(3);
        foreach (var (key, value) in ((string, string?)[])[(Session, tracking.Session), (Request, tracking.Request), (Client, tracking.Client)])
        {
            if (value is not null)
                values[key] = value;
        }
        return values;
    }

    private static CallTracking? To(Dictionary<string, string>? values) =>
        values is null ? null : new CallTracking(values.GetValueOrDefault(Session), values.GetValueOrDefault(Request), values.GetValueOrDefault(Client));

    public static InstanaResultMessage From(InstanaResult result) => new(result.Json, result.IsError);

    public static InstanaResult To(InstanaResultMessage result) => new(result.Json, result.IsError);

    private static VaultName? Name(string? name) => name is null ? null : VaultName.Parse(name);

    /// <summary>The bytes themselves where they are a whole array, else a copy.</summary>
    private static byte[] Bytes(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length ? segment.Array : memory.ToArray();
}
