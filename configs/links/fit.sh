#!/usr/bin/env bash
# Fits all link models of this folder again. DATA holds the folder traces/ with the datasets named below.
set -euo pipefail
data=${1:?usage: configs/links/fit.sh DATA}
here=$(cd "$(dirname "$0")" && pwd)
traces=$data/traces

mahimahi="https://github.com/ravinet/mahimahi, commit ae477d4, folder traces: Saturator recordings while driving in the United States (Winstein, Sivaraman, Balakrishnan, NSDI 2013)"
gpl="GPL-3.0 (the repository); only fitted parameters are here"
minneapolis="https://github.com/SIGCOMM21-5G/artifact, commit 35aaf28, folder Power-Model/MN-Wild/data-processed/merged-logs: walking loops with saturating uplink iPerf in Minneapolis (Narayanan et al., SIGCOMM 2021)"
none="none stated (the repository has no licence file); only fitted parameters are here"
lte_rtt=(--rtt-skip 1 --rtt "$traces"/mecperf_rtt/lte-TCPRTT-noise0M_Client_edge_trace*.txt)
mecperf="https://github.com/MECPerf/MECPerf_NetworkTrace, commit 5a59619: TCP round trips from an LTE client to an edge server, no cross-traffic, without the first of each 25 (the radio wakes up); no licence file"
nr_rtt=(--rtt "$traces"/cicv5g/Urban_road/2-n78 "$traces"/cicv5g/Arterial_road/n78)
cicv5g="https://github.com/zxr805/CICV5G, commit ea215aa: 5G band n78, moving vehicle to server, urban and arterial roads (Zhang et al. 2025); CC BY 4.0"
blackout="The 78 s without a packet at 788 s of ATT-LTE-driving.up are in the data as an outage."

fit() { local name=$1; shift; "$here/../../rloffload" traces fit --out "$here/$name.json" --name "$name" "$@"; }
minneapolis_runs() { local run; for run in "$@"; do printf '%s\n' "$traces/minneapolis_5g_power/uplink/$run.csv"; done; }

fit lte-att-uplink "$traces/mahimahi/ATT-LTE-driving.up" --source "$mahimahi" --licence "$gpl" --note "$blackout" "${lte_rtt[@]}" --rtt-source "$mecperf"
fit umts-tmobile-uplink "$traces/mahimahi/TMobile-UMTS-driving.up" --source "$mahimahi" --licence "$gpl" \
  --note "The round-trip times are of LTE; those of UMTS are longer." "${lte_rtt[@]}" --rtt-source "$mecperf"
fit evdo-verizon-uplink "$traces/mahimahi/Verizon-EVDO-driving.up" --source "$mahimahi" --licence "$gpl" \
  --note "The round-trip times are of LTE; those of EV-DO are longer." "${lte_rtt[@]}" --rtt-source "$mecperf"
fit cellular-uplink "$traces"/mahimahi/{ATT-LTE,TMobile-UMTS,Verizon-EVDO}-driving.up --source "$mahimahi" --licence "$gpl" \
  --note "Three uplinks of similar rate pooled: LTE, UMTS, EV-DO. The round-trip times are of LTE. $blackout" "${lte_rtt[@]}" --rtt-source "$mecperf"

mapfile -t verizon < <(minneapolis_runs ELDERBERRY_374-run15656 S20UPM-run{195,196,199,331,70,77})
mapfile -t nsa < <(minneapolis_runs S20UPM-run{20075,20076,20085,20086})
mapfile -t sa < <(minneapolis_runs S20UPM-run{20073,20074,20079})
elsewhere="The round-trip times were measured on another 5G network than the rates."
fit 5g-minneapolis-uplink "${verizon[@]}" "${nsa[@]}" "${sa[@]}" --source "$minneapolis" --licence "$none" \
  --note "Verizon (mmWave and low band) and T-Mobile (NSA and SA) pooled. $elsewhere" "${nr_rtt[@]}" --rtt-source "$cicv5g"
fit 5g-verizon-uplink "${verizon[@]}" --source "$minneapolis" --licence "$none" --note "Verizon, mmWave and low band. $elsewhere" "${nr_rtt[@]}" --rtt-source "$cicv5g"
fit 5g-tmobile-nsa-uplink "${nsa[@]}" --source "$minneapolis" --licence "$none" --note "T-Mobile, NSA 5G and LTE. $elsewhere" "${nr_rtt[@]}" --rtt-source "$cicv5g"
fit 5g-tmobile-sa-uplink "${sa[@]}" --source "$minneapolis" --licence "$none" --note "T-Mobile, SA 5G only. $elsewhere" "${nr_rtt[@]}" --rtt-source "$cicv5g"

fit 3g-norway "$traces/hsdpa_norway" --direction downlink --bin 1.25 \
  --source "https://github.com/confiwent/Real-world-bandwidth-traces, commit d28c4fd, folder cooked_3gp: HSDPA on public transport around Oslo (Riiser et al., MMSys 2013)" \
  --licence "MIT (the repository); the authors of the measurements ask for citation" \
  --note "Measured in the downlink; as an uplink it is a stand-in. No round-trip times of this network are at hand: an experiment states its own."

korea="https://github.com/Doubb/Self-Attention-based-5G-Uplink-Resource-Prediction, commit 78cb6f5, folder dataset: saturated 5G NSA uplink read from the modem (Jung et al., IEEE Internet of Things Journal 2023)"
future="none stated; the authors make the data available for future research; only fitted parameters are here"
blocks="5G transport block sizes, whose unit the source does not state, read as bits a millisecond: the scale is arbitrary. $elsewhere"
nr_columns=(--format csv --column 5G_TBS --time-column td --unit kbit/s --direction uplink)
fit 5g-korea-stationary-uplink "$traces/korea_nr_uplink/Stationary" "${nr_columns[@]}" --bin 0.1 --source "$korea" --licence "$future" --note "Stationary, 321 s. $blocks" "${nr_rtt[@]}" --rtt-source "$cicv5g"
fit 5g-korea-downtown-uplink "$traces/korea_nr_uplink/Downtown" "${nr_columns[@]}" --bin 0.1 --source "$korea" --licence "$future" --note "Downtown, 165 s. $blocks" "${nr_rtt[@]}" --rtt-source "$cicv5g"
fit wifi-campus-walks "$traces"/wifi_cellular_pairs/*_wifi.csv --direction downlink \
  --source "https://github.com/yguruprasad/Multipath-Wireless-Link-Traces, commit 6c4742d, folder Traces: WiFi on walks over two university campuses (Aydin, Fund, Panwar, CNERT 2023)" \
  --licence "$none" --note "Measured in the downlink; as an uplink it is a stand-in. The round-trip times are of another WiFi network." \
  --rtt-skip 1 --rtt "$traces"/mecperf_rtt/wifi-TCPRTT-noise0M_Client_edge_trace*.txt \
  --rtt-source "https://github.com/MECPerf/MECPerf_NetworkTrace, commit 5a59619: TCP round trips from a WiFi client to an edge server, no cross-traffic, without the first of each 25; no licence file"
