using System.Text;
using System.Text.Json.Nodes;
using Granary.Vault.Canonical;
using Granary.Vault.Storage;

namespace Granary.Vault.Backpack.Manifests;

/// <summary>The policies a vault is born with: part of the format, byte for byte (specification 1.1).</summary>
internal static class BackpackPolicies
{
    public const string SyncContractName = "policies/sync_contract.json";

    public static IReadOnlyList<VaultDocument> Documents(string rootKeyId, string? quorumKeyId) =>
    [
        new("policies/safety_policy.json", Bytes(Safety)),
        new(SyncContractName, SyncContract(rootKeyId, quorumKeyId)),
        new("policies/retention_policy.json", Bytes(Retention)),
        new("policies/ontology/perception_ontology_v1.json", Bytes(Ontology)),
    ];

    private const string Safety =
        """
        {
          "action_classes": {
            "L0": {
              "description": "data-only/reversible",
              "offline_allowed": true,
              "approval": "local_reducer"
            },
            "L1": {
              "description": "low-kinetic",
              "offline_allowed": true,
              "approval": "local_reducer+policy",
              "review_on_sync": true
            },
            "L2": {
              "description": "high-kinetic",
              "offline_allowed": "within_lease",
              "approval": "multi_sensor+signed_policy"
            },
            "L3": {
              "description": "irreversible/human-space",
              "offline_allowed": false,
              "approval": "remote_signature_or_mfa"
            }
          },
          "merge_ratchet": "most_restrictive_wins",
          "loosen_requires": "signed_policy_update_by_top_authority"
        }

        """;

    private const string Retention =
        """
        {
          "events": "permanent",
          "checkpoints": "permanent",
          "perception_t0_raw": {
            "max_age_days": 30,
            "eviction": "oldest_first"
          },
          "artifacts_cas": {
            "referenced_by_event": "permanent",
            "unreferenced": {
              "max_age_days": 90
            }
          },
          "state_caches": "regeneratable_on_eviction"
        }

        """;

    private const string Ontology =
        """
        {
          "version": "v1",
          "object_classes": [
            "door",
            "mug",
            "person",
            "container",
            "surface",
            "tool",
            "obstacle"
          ]
        }

        """;

    private static byte[] SyncContract(string rootKeyId, string? quorumKeyId)
    {
        var authorities = new JsonArray(Authority("root", rootKeyId, "all"));
        if (quorumKeyId is not null)
            authorities.Add(Authority("quorum", quorumKeyId, "attestation"));
        return PrettyJson.Write(new JsonObject
        {
            ["authorities"] = authorities,
            ["merge_policies"] = new JsonObject
            {
                ["events"] = "union_by_event_id",
                ["beliefs"] = "evidence_union_then_reduce",
                ["policies"] = "authority_signed_update",
            },
            ["lease_model"] = new JsonObject { ["default_duration_seconds"] = 300, ["fencing"] = true },
            ["replication_factor"] = 2,
            ["degradation_ladder"] = new JsonArray("designated_human", "quorum_peers", "archive_peer", "local_emergency"),
        });
    }

    private static JsonObject Authority(string role, string keyId, string scope) => new() { ["role"] = role, ["key_id"] = keyId, ["scope"] = scope };

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n"));
}
